"""What booking costs: table calls and write units, counted over the reference lifecycle."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.book_event.app import lambda_handler
from kassa.gateways.events import ObjectKind
from kassa.ledger.compaction import OPEN_MAX
from kassa.ledger.lists.events import EventLists
from kassa.ledger.store import Books
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.support.aws_stack import Context, FakeClock
from tests.support.builders import subject
from tests.support.queue_batches import batch, failed
from tests.support.reference_lifecycle import (
    PI,
    captured,
    disputed,
    ids,
    mean,
    nth_refund,
    refunded,
)

WRITE_UNITS_MAX = 6.25  # a quarter of one are the lists of a day's payments
PAYMENT = subject(PI)


class Taken:
    """A service that takes whatever it is given."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {"FailedEntryCount": 0, "Entries": []}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock) -> Iterator[Store]:
    for name in ("TABLE_NAME", "BUCKET_NAME", "BUS_NAME"):
        monkeypatch.setenv(name, "kassa")
    settings.cache_clear()
    store = Store({"kassa": PAYMENTS_TABLE})
    aws.install({"dynamodb": store, "s3": Taken(), "events": Taken()})
    yield store
    aws.install({})
    settings.cache_clear()


def booked(store: Store, events: list[dict[str, Any]]) -> list[int]:
    """Book events one by one and return the write units of each."""
    units = []
    for event in events:
        before = store.write_units
        assert failed(lambda_handler(batch(event), Context())) == []
        units.append(store.write_units - before)
    return units


def test_a_reference_lifecycle_costs_six_write_units_an_event(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = ids(0)
    paid = booked(store, captured(event_id))
    refund = booked(store, refunded(event_id))
    dispute = booked(store, disputed(event_id))

    units = mean(sum(paid), sum(refund), sum(dispute))
    with capsys.disabled():
        print(f"\nwrite units an event: {units:.2f}: {paid=} {refund=} {dispute=}")  # noqa: T201
    assert units <= WRITE_UNITS_MAX


def test_an_event_takes_two_table_calls_without_contention(store: Store) -> None:
    events = captured(ids(1))
    booked(store, events)

    assert store.calls.total() == 2 * len(events)
    assert set(store.calls) == {"batch_get_item", "transact_write_items", "put_item"}


def test_a_second_delivery_takes_one_read_and_no_write(store: Store) -> None:
    events = captured(ids(2))
    booked(store, events)
    store.calls.clear()

    assert booked(store, events) == [0] * len(events)
    assert store.calls == {"batch_get_item": len(events)}


def test_growth_with_the_objects_of_a_payment_is_printed_and_linear(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = ids(3)
    booked(store, captured(event_id))
    growth = dict(enumerate(booked(store, [nth_refund(n) for n in range(1, 101)]), start=1))
    with capsys.disabled():
        print("\nwrite units at 10, 30, 100 refunds:", growth[10], growth[30], growth[100])  # noqa: T201
    assert growth[100] <= 4 * growth[30]


def test_a_payment_with_very_many_refunds_stays_small_and_every_refund_known(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = ids(4)
    booked(store, captured(event_id))
    growth = booked(store, [nth_refund(n) for n in range(1, 351)])

    with capsys.disabled():
        print(f"\nmost write units of one of 350 refunds: {max(growth)}")  # noqa: T201
    state = Books().read(PAYMENT, "none")[0]
    assert len(state.objects) <= OPEN_MAX
    assert state.closed.count >= 150
    assert state.refunded_minor == 350
    # The last to leave the item, with those that leave beside it, is what costs most.
    assert max(growth) <= 300

    first = nth_refund(1)
    first["id"], first["data"]["object"]["status"] = "evt_failed", "failed"
    booked(store, [first])
    after = EventLists().history(PAYMENT)
    assert after.state.refunded_minor == 349
    assert len(after.state.of(ObjectKind.REFUND)) == 350
    assert after.state.objects["re_3QxGgW2eZvKYlo2C000001"].state == "failed"
    (failing,) = [event for event in after.events if event.event_id == "evt_failed"]
    assert [p.kind for p in failing.facts[0].data.postings] == ["refund_reversal"]
