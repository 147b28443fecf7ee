"""How events that Kassa fetches itself are called: the same thing always has the same id."""

from typing import Any

from kassa.adapters.gateways.bodies import digest


def balance_id(object_id: str) -> str:
    """Name what never changes, such as a balance transaction, by its id."""
    return f"balance:{object_id}"


def look_up_id(object_id: str, found: Any) -> str:
    """Name what may change by its id and its content, so that the same state is one event."""
    return f"look_up:{object_id}:{digest(found)}"
