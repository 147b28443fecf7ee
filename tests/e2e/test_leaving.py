"""However Kassa is stopped, nothing of it is left: no process, no folder, no state."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import free_port
from tests.e2e.processes import in_sessions

UP = [sys.executable, "-c", "from cli.main import app; app()", "up"]


def start(home: Path) -> "subprocess.Popen[str]":
    """Start `kassa up` with a state folder and ports of its own."""
    command = [*UP, "--port", str(free_port()), "--gateway-port", str(free_port())]
    environment = os.environ | {"KASSA_STATE": str(home / "stack.json"), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def children(pid: int) -> set[int]:
    """Return the processes that a process started; each leads a session."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(child) for child in found.split()}


def wait_for(kassa: "subprocess.Popen[str]", word: str) -> None:
    """Read what Kassa says until it names a step."""
    assert kassa.stdout
    lines = []
    for line in kassa.stdout:
        lines.append(line)
        if word in line:
            return
    pytest.fail(f"kassa up ended before it said {word!r}: {''.join(lines)}")


def gone(sessions: set[int], timeout_s: float) -> bool:
    """Tell whether every process of the sessions ends in time."""
    end = time.monotonic() + timeout_s
    while in_sessions(sessions) and time.monotonic() < end:
        time.sleep(0.1)
    return not in_sessions(sessions)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_kassa_leaves_nothing_behind_and_a_second_one_says_that_one_runs(
    how: signal.Signals, tmp_path: Path
) -> None:
    with start(tmp_path) as kassa:
        wait_for(kassa, "deploying")
        if how is signal.SIGINT:
            with start(tmp_path) as second:
                output, _ = second.communicate(timeout=60)
            assert second.returncode == 1
            assert "already runs here" in output
        sessions = children(kassa.pid)
        assert len(sessions) == 4
        kassa.send_signal(how)
        kassa.communicate(timeout=60)

    assert gone(sessions, timeout_s=1)
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_even_a_killed_kassa_takes_its_processes_along(tmp_path: Path) -> None:
    with start(tmp_path) as kassa:
        wait_for(kassa, "deploying")
        sessions = children(kassa.pid)
        kassa.kill()
        kassa.communicate(timeout=60)

    assert gone(sessions, timeout_s=20)
