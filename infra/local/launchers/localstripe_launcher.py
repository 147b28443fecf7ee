"""Runs localstripe as it is, but on loopback alone and with its state in the scratch folder.

localstripe binds every interface and keeps its store in a fixed file of the system's temporary
folder. Both are redirected here, outside its code; it runs by its own interpreter in its own
process, and nothing of Kassa imports it.
"""

import builtins
import os
import runpy
import socket
from typing import Any

STORE = "/tmp/localstripe.pickle"
plain_open = builtins.open


class LoopbackSocket(socket.socket):
    """An IPv4 socket that listens on loopback, whatever is requested."""

    def __init__(self, family: int = -1, *args: Any, **kwargs: Any) -> None:
        """Take IPv4 where IPv6 was requested: not every machine has it."""
        used = socket.AF_INET if family == socket.AF_INET6 else family
        super().__init__(used, *args, **kwargs)

    def bind(self, address: Any) -> None:
        """Bind the requested port, on loopback."""
        super().bind(("127.0.0.1", address[1]))


def open_redirected(file: Any, *args: Any, **kwargs: Any) -> Any:
    """Open a file; the store's lies in the scratch folder."""
    if file == STORE:
        file = os.path.join(os.environ["TMPDIR"], "localstripe.pickle")
    return plain_open(file, *args, **kwargs)


if __name__ == "__main__":
    builtins.open = open_redirected
    setattr(socket, "socket", LoopbackSocket)  # noqa: B010
    runpy.run_module("localstripe", run_name="__main__", alter_sys=True)
