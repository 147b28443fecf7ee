"""Where an embedded stack runs; kept apart because every part of it needs to know."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra.local.errors import DemoError
from infra.local.layers import ROOT
from kassa.gateways import registry

STRIPE = "stripe"


class Player(StrEnum):
    """Who plays the gateway."""

    STRIPE = "stripe"
    LOCALSTRIPE = "localstripe"
    ALL = "all"  # a fake of every gateway that Kassa knows


@dataclass(frozen=True)
class Place:
    """The ports of an embedded stack, who plays its gateway, and the folders of its state."""

    port: int = 4566
    gateway_port: int = 8420  # the first one, where several gateways are played
    gateway: Player = Player.STRIPE
    home: Path = ROOT / ".kassa"
    is_lean: bool = False  # others' packages are those of the Python here, not of the layers
    is_training: bool = False  # people learn here: nothing outside of this machine is called
    cache: Path = ROOT / ".kassa" / "layers"  # shared: a built layer is named by its content

    @property
    def endpoint_url(self) -> str:
        """Return the emulator's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_ports(self) -> dict[str, int]:
        """Return the port of every gateway that is played, one after the other."""
        names = registry.GATEWAYS if self.gateway is Player.ALL else (STRIPE,)
        return {name: self.gateway_port + number for number, name in enumerate(names)}

    @property
    def carrier_port(self) -> int:
        """Return the port of who carries mails and texts: the next after the gateways'."""
        return self.gateway_port + len(self.gateway_ports)

    @property
    def carrier_url(self) -> str:
        """Return the address of the fake SES and End User Messaging."""
        return f"http://127.0.0.1:{self.carrier_port}"

    @property
    def receiver_port(self) -> int:
        """Return the port of the program that is told of facts: the next after the carriers'."""
        return self.carrier_port + 1

    @property
    def receiver_url(self) -> str:
        """Return that program's address."""
        return f"http://127.0.0.1:{self.receiver_port}"

    @property
    def ports_beside(self) -> tuple[int, ...]:
        """Return the ports of all that stands beside the emulator."""
        return (*self.gateway_ports.values(), self.carrier_port, self.receiver_port)

    @property
    def gateway_urls(self) -> dict[str, str]:
        """Return the address of each gateway's API."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.gateway_ports.items()}


@contextmanager
def run_folder(home: Path) -> Iterator[Path]:
    """Give the folder of this run, empty, and delete it in the end; a second run is kept out.

    All scratch space, logs and sockets of a run lie in `.kassa/run-<pid>`. The lock belongs to the
    kernel, so it is free whenever its owner is gone; folders left by a killed run are deleted then.
    """
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
