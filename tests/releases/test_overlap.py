"""Releases that overlap: events booked in turns by this code and by one that writes more.

While a stack is updated and rolled back its functions are of two releases. Here the newer one is
this code which also writes an unknown field into every object, item and fact.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book
from kassa.core.postings import Account, Posting, balances
from kassa.ledger import items as event_items
from kassa.ledger import store as books
from kassa.ledger.store import Books
from kassa.platform import table
from kassa.platform.messaging import event_bus as bus
from tests.releases.planting import NEW, PLANTED, planted
from tests.support.aws_stack import Context, Stack
from tests.support.builders import subject
from tests.support.queue_batches import batch, delivery, failed
from tests.support.reference_lifecycle import PI, captured, disputed, ids, refunded

SEEDS = range(3)


@contextmanager
def newer() -> Iterator[None]:
    """Let this code write what it doesn't know, as the next release may."""
    objects, entry, typed = event_items.kept_object, bus._entry, table.typed

    def kept_object(known: Any) -> dict[str, Any]:
        return objects(known) | {NEW: PLANTED}

    def entry_of(fact: Any) -> dict[str, str]:
        found = entry(fact)
        return found | {"Detail": json.dumps(planted(json.loads(found["Detail"])))}

    def grown(values: Any) -> dict[str, Any]:
        return typed(values | {NEW: PLANTED} if "PK" in values else values)

    with pytest.MonkeyPatch.context() as patch:
        for holder in (event_items, books):
            patch.setattr(holder, "kept_object", kept_object)
        patch.setattr(bus, "_entry", entry_of)
        patch.setattr(table, "typed", grown)
        yield


@contextmanager
def this() -> Iterator[None]:
    """Let this code write as it does."""
    yield


def without_new(value: Any) -> Any:
    """Return JSON as this code alone would have written it."""
    if isinstance(value, dict):
        return {name: without_new(one) for name, one in value.items() if name != NEW}
    return [without_new(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", SEEDS)
def test_events_are_booked_once_by_releases_in_turns_and_nothing_is_lost(
    stack: Stack, context: Context, seed: int
) -> None:
    drawn, lifecycle = random.Random(seed), ids(0)
    events = [*captured(lifecycle), *refunded(lifecycle), *disputed(lifecycle)]
    arrivals = [*events, *drawn.choices(events, k=len(events))]
    drawn.shuffle(arrivals)
    written = set[str]()
    for event in arrivals:
        is_newer = drawn.random() < 0.5
        message = json.dumps(planted(delivery(event)) if is_newer else delivery(event))
        with newer() if is_newer else this():
            assert failed(book(batch(message), context)) == []
        state = Books().read(subject(PI), "none")[0]
        grown = {one for one, known in state.objects.items() if known.model_extra}
        assert written <= grown  # what the newer one wrote survives this one
        written = grown

    booked = [one for one in stack.items() if one["SK"]["S"].startswith("EVENT#")]
    facts = {one["detail"]["metadata"]["fact_id"]: one["detail"] for one in stack.published()}
    postings = [p for fact in facts.values() for p in fact["data"]["postings"]]
    assert len(booked) == len({json.dumps(event) for event in events})
    assert written
    ledger = balances(Posting.model_validate(without_new(one)) for one in postings)
    assert sum(ledger.values()) == 0
    assert ledger[Account.CHARGEBACKS, "EUR"] == 100_00
    assert ledger[Account.CUSTOMERS, "EUR"] == 10_00 - 100_00
    state = Books().read(subject(PI), "none")[0]
    (item,) = [one for one in stack.items() if one["SK"]["S"] == "STATE"]
    assert int(item["headroom"]["N"]) == state.counted_minor == -10_00
