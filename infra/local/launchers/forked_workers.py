"""Functions' workers, forked from a process that has loaded what others wrote of their layers.

That is most of a cold start: boto3, pydantic and the like. What is ours each worker loads itself,
by its own settings. `python forked_workers.py CHANNEL PACKAGES` is that process: over a socket it
is sent a script, where and with which environment to run it, and the ends of its pipes; it answers
with the process's id. It ends with whoever started it. Uses the standard library only.
"""

import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Self

LOADED = (  # what nearly every function loads; none of it looks at a function's settings
    "boto3",
    "botocore.handlers",
    "pydantic",
    "aws_lambda_powertools",
    "aws_lambda_powertools.event_handler.api_gateway",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
)
STREAMS, ID_BYTES = 3, 8
PIECE = 1 << 16


class WorkerForks:
    """The process that workers are forked from, as the emulator sees it."""

    def __init__(self, packages: str) -> None:
        """Start it, with packages of a folder, or those that are here if it isn't there."""
        self._channel, theirs = socket.socketpair()
        self._asking = threading.Lock()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-P", __file__, str(number), packages]
            self._process = subprocess.Popen(command, pass_fds=[number])

    def fork(
        self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], **_: Any
    ) -> "ForkedWorker":
        """Fork a worker: `command` is an interpreter, this one, and the script's path."""
        (given, stdin), (stdout, printed), (stderr, logged), (over, held) = (
            os.pipe() for _ in range(STREAMS + 1)
        )
        theirs = (given, printed, logged, held)
        request = json.dumps([command[-1], cwd, dict(env)]).encode() + b"\n"
        with self._asking:
            socket.send_fds(self._channel, [request[:1]], theirs)
            self._channel.sendall(request[1:])
            pid = int.from_bytes(self._channel.recv(ID_BYTES), "big")
        for end in theirs:
            os.close(end)
        return ForkedWorker(pid, (stdin, stdout, stderr), over)

    def stop(self) -> None:
        """End it; workers that were forked go on."""
        self._channel.close()
        self._process.wait()


class ForkedWorker:
    """What the emulator needs of `subprocess.Popen`; a worker's end is that of its last pipe."""

    def __init__(self, pid: int, streams: tuple[int, ...], over: int) -> None:
        """Take a process's id and our ends of its pipes."""
        self.pid = pid
        self.stdin, self.stdout, self.stderr = (
            os.fdopen(stream, mode, buffering=1)
            for stream, mode in zip(streams, ("w", "r", "r"), strict=True)
        )
        self._over = os.fdopen(over, "rb")

    def __enter__(self) -> Self:
        """Hold our ends of its pipes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        for stream in (self.stdin, self.stdout, self.stderr, self._over):
            stream.close()

    def poll(self) -> int | None:
        """Return 0 once the worker has ended, however it did; None while it goes on."""
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raise TimeoutExpired if it goes on."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        ended = select.poll()  # unlike select, it takes any descriptor: an emulator has thousands
        ended.register(self._over, select.POLLIN)
        return bool(ended.poll(None if timeout is None else timeout * 1000))

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # it ended just now
            if self.poll() is None:
                os.kill(self.pid, number)


def serve(channel: socket.socket) -> tuple[list[Any], list[int]] | None:
    """Fork a worker for each request; return its request and pipes in a worker, None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for how a worker ended
    while True:
        request, pipes, *_ = socket.recv_fds(channel, 1, STREAMS + 1)
        while request and not request.endswith(b"\n"):
            request += channel.recv(PIECE)
        if not request:
            return None
        pid = os.fork()
        if not pid:
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return json.loads(request), pipes
        for pipe in pipes:
            os.close(pipe)
        channel.sendall(pid.to_bytes(ID_BYTES, "big"))


def run(request: list[Any], pipes: list[int]) -> None:
    """Be the worker, as if Python had been started with its script."""
    script, folder, environment = request
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, pipe in enumerate(pipes[:STREAMS]):
        os.dup2(pipe, number)
        os.close(pipe)
    os.set_inheritable(pipes[STREAMS], False)  # what a worker starts doesn't keep it alive
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")


def main() -> None:
    """Load the packages, then fork."""
    channel, packages = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    sys.path.insert(0, packages)
    for module in LOADED:
        import_module(module)
    sys.path.remove(packages)  # a worker has the layers of its function, no others
    if worker := serve(channel):
        run(*worker)


if __name__ == "__main__":
    main()
