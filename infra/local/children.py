"""The processes of the embedded stack: started behind a lifeline, awaited, stopped."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import DemoError

LIFELINE = Path(__file__).with_name("launchers") / "lifeline.py"
START_S = 60.0
STOP_S = 60.0  # deleting the unpacked layers of many workers takes a while


@dataclass(frozen=True)
class Child:
    """A running command and all that it started, in one session."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        """Return the id of its session and process group."""
        return self.process.pid

    def stop(self) -> None:
        """End it with everything it started, and delete its scratch folder."""
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, 9)
            self.process.wait()

    def last_output(self) -> str:
        """Return the last line of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def start(name: str, command: list[str], folder: Path, environment: dict[str, str]) -> Child:
    """Start a command with a scratch folder, a log, and of our environment only what it needs."""
    scratch = folder / name
    scratch.mkdir()
    inherited = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    places = {"TMPDIR": str(scratch), "HOME": str(scratch)}
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-S", "-E", str(LIFELINE), str(scratch), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=scratch,
            env=inherited | places | environment,
        )
    return Child(name, process, log)


def wait_until_ready(child: Child, url: str) -> None:
    """Wait until a child answers on its URL; any answer counts, also a refusal."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if child.process.poll() is not None:
            raise DemoError(f"{child.name} stopped right after its start: {child.last_output()}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise DemoError(f"{child.name} didn't answer on {url} within {START_S:.0f} s")
