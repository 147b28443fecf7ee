"""Keeps a command alive no longer than whoever started it, however that one ends.

`python lifeline.py FOLDER COMMAND...` runs the command in a session of its own. When it ends, or
when stdin closes (the starter said stop, crashed or was killed), every process of the session is
ended and FOLDER, their scratch space, is deleted. Uses the standard library only.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

GRACE_S = 1.0
DELETERS = 8


def end_when_stdin_closes(child: "subprocess.Popen[bytes]") -> None:
    """Wait for the starter's end of the pipe to close, then ask the command to stop."""
    sys.stdin.buffer.read()
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()


def end_session(folder: str) -> None:
    """End what is left of this session but this process, then delete the folder."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    delete(folder)
    os.killpg(0, signal.SIGKILL)


def delete(folder: str) -> None:
    """Delete a folder, its parts at once: each unpacked layer is thousands of small files."""
    with suppress(FileNotFoundError), ThreadPoolExecutor(DELETERS) as pool:
        for part in os.scandir(folder):
            pool.submit(shutil.rmtree, part.path, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the command; leave nothing of it behind."""
    folder, *command = sys.argv[1:]
    os.setsid()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=end_when_stdin_closes, args=[child], daemon=True).start()
    child.wait()
    end_session(folder)


if __name__ == "__main__":
    main()
