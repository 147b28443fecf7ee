"""Invariant 5 once more: the stored state is the fold of the stored events, in another order.

The events are joined in the order of their ids, which is not the order they came in; objects,
what was published and what was posted must all be as they stand in the table.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from kassa.ledger.booking import BookingContext, book
from kassa.ledger.items import BookedEvent, booked_event, gateway_event, kept_objects
from kassa.ledger.state import SubjectState
from kassa.platform import table
from tests.simulation.dynamodb.values import Item


def refolded(items: list[Item], opened_at: datetime | None = None) -> list[str]:
    """Return the subjects whose state is not what their events fold into."""
    states: dict[str, dict[str, Any]] = {}
    events: dict[str, list[BookedEvent]] = defaultdict(list)
    closed: dict[str, dict[str, Any]] = defaultdict(dict)
    for item in items:
        partition, sort = item["PK"]["S"], item["SK"]["S"]
        if sort == "STATE":
            states[partition] = table.plain(item)
        elif sort.startswith("OBJECT#"):
            closed[partition][item["object_id"]["S"]] = table.plain(item)["object"]
        elif sort.startswith("EVENT#") and "is_ignored" not in item:
            events[partition].append(booked_event(table.plain(item)))
    return [
        f"{partition} is not the fold of its events"
        for partition, state in states.items()
        if closed[partition] | state.get("objects", {}) != _folded(events[partition], opened_at)
    ]


def _folded(events: list[BookedEvent], opened_at: datetime | None) -> dict[str, Any]:
    state = SubjectState()
    for booked in sorted(events, key=lambda one: one.event_id):
        context = BookingContext(booked.merchant_id, booked.booked_at, opened_at)
        event = gateway_event(booked)
        if event is not None:
            state, _ = book(state, event, context)
    return kept_objects(state)
