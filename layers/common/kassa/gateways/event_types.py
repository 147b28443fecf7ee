"""Gateways' event types: what becomes of each that a gateway's own list names, and why.

Each gateway has a table in its `event_types.py`, as `EVENT_TYPES`, and its reader goes by it. What
isn't in the table is counted: nothing that a gateway adds to its list can fail.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, cast

from kassa.gateways import registry


class Outcome(StrEnum):
    """What becomes of an event of a type."""

    BOOKED = "booked"  # it may move money, or say how something stands that does
    COUNTED = "counted"  # kept and counted by type; nothing follows from it
    REFUSED = "refused"  # it isn't taken in: its sender isn't the gateway, or means somebody else


class EventType(NamedTuple):
    """One event type of a gateway."""

    name: str  # as the gateway spells it
    outcome: Outcome
    why: str  # what it says of money, or why nothing follows from it


EventTypes = Mapping[str, EventType]


def typed(outcome: Outcome, why: str, names: str) -> tuple[EventType, ...]:
    """Return a row for each of some names, which stand apart by whitespace."""
    return tuple(EventType(name, outcome, why) for name in names.split())


def by_name(*groups: tuple[EventType, ...]) -> EventTypes:
    """Return a table of rows. Raises ValueError where a name comes twice."""
    found = [row for group in groups for row in group]
    named = {row.name: row for row in found}
    if len(named) < len(found):
        raise ValueError("a type stands twice in the table")
    return named


def outcome_of(gateway: str, name: str) -> Outcome:
    """Return what becomes of an event of a type; what no table names is counted."""
    row = event_types(gateway).get(name)
    return row.outcome if row else Outcome.COUNTED


def listed_type(gateway: str, name: str) -> str:
    """Return a type that the gateway's list has, else `other`: there are only so many names."""
    return name if name in event_types(gateway) else "other"


def event_types(gateway: str) -> EventTypes:
    """Return a gateway's table. Raises UnknownGateway for a name that is none."""
    return cast(EventTypes, registry.module(gateway, "event_types").EVENT_TYPES)
