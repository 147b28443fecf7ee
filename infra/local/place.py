"""Where an embedded stack runs; kept apart because every part of it needs to know."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra.local.layers import ROOT


class Player(StrEnum):
    """Who plays the gateway."""

    TWIN = "twin"
    LOCALSTRIPE = "localstripe"


@dataclass(frozen=True)
class Place:
    """The ports of an embedded stack, who plays its gateway, and the folders of its state."""

    port: int = 4566
    gateway_port: int = 8420
    gateway: Player = Player.TWIN
    home: Path = ROOT / ".kassa"
    cache: Path = ROOT / ".kassa" / "layers"  # shared: a built layer is named by its content

    @property
    def endpoint_url(self) -> str:
        """Return the emulator's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        """Return the address of the gateway's API."""
        return f"http://127.0.0.1:{self.gateway_port}"
