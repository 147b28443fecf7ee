"""How events that Kassa fetches itself are called: the same thing always has the same id."""

from typing import Any

from kassa.gateways.events import BALANCE, LOOK_UP
from kassa.gateways.parsing import digest


def balance_id(object_id: str) -> str:
    """Name what never changes, such as a balance transaction, by its id."""
    return f"{BALANCE}{object_id}"


def look_up_id(object_id: str, found: Any) -> str:
    """Name what may change by its id and its content, so that the same state is one event."""
    return f"{LOOK_UP}{object_id}:{digest(found)}"
