"""The console of an embedded stack that the demo has filled, and a browser in front of it.

`make screens` runs these in an environment that has Playwright; anywhere else none is collected.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.screens.console import KASSA, ROOT, Console

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
IS_UP_S = 600


def free_ports(count: int) -> int:
    """Return a port that nobody listens on, and neither on as many behind it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1]) // 50 * 50 + count


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """Run the demo at every gateway, and keep its stack up."""
    home = tmp_path_factory.mktemp("kassa")
    environment = os.environ | {"KASSA_STATE": str(home / "stack.json"), "COLUMNS": "200"}
    port = str(free_ports(1))
    command = [
        KASSA,
        "up",
        "--gateway",
        "all",
        "--port",
        port,
        "--gateway-port",
        str(int(port) + 1),
    ]
    output = home / "up.txt"
    with output.open("w") as written:
        up = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=written, stderr=written)
    try:
        _wait(up, output)
        started = Console(environment)
        started.request_refunds()
        yield started
    finally:
        up.terminate()
        up.wait(60)


def _wait(up: "subprocess.Popen[bytes]", output: Path) -> None:
    for _ in range(IS_UP_S):
        if "/console/open/" in output.read_text():
            return
        try:
            up.wait(1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the stack isn't up:\n{output.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the Chromium that is installed."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        pytest.fail("no Chromium here: install it (Debian: 'apt-get install chromium')")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
