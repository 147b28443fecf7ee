"""The folder of one run and the lock that keeps a second one out.

All scratch space, logs and sockets of a run lie in `.kassa/run-<pid>`. The lock belongs to the
kernel, so it is free whenever its owner is gone; folders left by a killed run are deleted then.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.errors import DemoError


@contextmanager
def run_folder(home: Path) -> Iterator[Path]:
    """Give the folder of this run, empty, and delete it in the end."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(
                "Kassa already runs here: see 'kassa status', or stop it first"
            ) from None
        for left in home.glob("run-*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = home / f"run-{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
