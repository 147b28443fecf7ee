"""What booking costs: table calls and write units, counted over a stated reference life.

The life, as Stripe tells it with today's API version and ids of today's length: every payment
has intent created, charge succeeded, intent succeeded, charge updated, balance transaction; one
in ten is refunded (refund created, charge refunded, refund updated, balance transaction); one in
a hundred is disputed and lost (created, funds withdrawn, closed, balance transaction). A customer
is known, so payments stand in the customer index; each event stands in the day's index.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.book_event.app import lambda_handler
from kassa.adapters import aws
from kassa.settings import settings
from tests import stripe_events as s
from tests.integration.conftest import Context, FakeClock
from tests.integration.test_book_event import batch, failed
from tests.simulation.items import PAYMENTS_TABLE
from tests.simulation.store import Store

WRITE_UNITS_MAX = 6.0
PI, CH = "pi_3QxGgW2eZvKYlo2C0Gk4aYtD", "ch_3QxGgW2eZvKYlo2C0Gk4aYtE"
CUSTOMER = "cus_RZ8cXkW1bTq9Lm"


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


def ids(number: int) -> Iterator[str]:
    for step in range(100):
        yield f"evt_1QxGgW2eZvKYlo2C{number:02d}{step:06d}"


def captured(event_id: Iterator[str]) -> list[dict[str, Any]]:
    charge = s.charge(CH, PI, customer=CUSTOMER)
    named = {"latest_charge": CH, "customer": CUSTOMER}
    created = s.payment_intent(PI, "requires_payment_method", customer=CUSTOMER)
    return [
        s.event("payment_intent.created", created, next(event_id)),
        s.event("charge.succeeded", charge, next(event_id)),
        s.event("payment_intent.succeeded", s.payment_intent(PI, **named), next(event_id)),
        s.event("charge.updated", charge | {"balance_transaction": "txn_3Qx"}, next(event_id)),
        s.pulled(s.balance_transaction("txn_3QxGgW2eZvKYlo2C0Gk4aYtF", charge)),
    ]


def refunded(event_id: Iterator[str]) -> list[dict[str, Any]]:
    refund = s.refund("re_3QxGgW2eZvKYlo2C0Gk4aYtG", charge=CH, payment_intent=PI)
    charge = s.charge(CH, PI, customer=CUSTOMER, amount_refunded=10_00)
    moved = s.balance_transaction(
        "txn_3QxGgW2eZvKYlo2C0Gk4aYtH", refund, amount=-10_00, fee=0, type="refund"
    )
    return [
        s.event("refund.created", refund, next(event_id)),
        s.event("charge.refunded", charge, next(event_id)),
        s.event("refund.updated", refund, next(event_id)),
        s.pulled(moved),
    ]


def disputed(event_id: Iterator[str]) -> list[dict[str, Any]]:
    named = {"dispute_id": "du_1QxGgW2eZvKYlo2C0Gk4aYtI", "charge": CH, "payment_intent": PI}
    lost = s.dispute(status="lost", **named)
    moved = s.balance_transaction(
        "txn_3QxGgW2eZvKYlo2C0Gk4aYtJ", lost, amount=-100_00, fee=15_00, type="adjustment"
    )
    opened = s.dispute(**named)
    return [
        s.event("charge.dispute.created", opened, next(event_id)),
        s.event("charge.dispute.funds_withdrawn", opened, next(event_id)),
        s.event("charge.dispute.closed", lost, next(event_id)),
        s.pulled(moved),
    ]


def booked(store: Store, events: list[dict[str, Any]]) -> list[int]:
    """Book events one by one and return the write units of each."""
    units = []
    for event in events:
        before = store.write_units
        assert failed(lambda_handler(batch(event), Context())) == []
        units.append(store.write_units - before)
    return units


def test_a_reference_life_costs_at_most_six_write_units_an_event(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    event_id = ids(0)
    paid = booked(store, captured(event_id))
    refund = booked(store, refunded(event_id))
    dispute = booked(store, disputed(event_id))

    events = 100 * len(paid) + 10 * len(refund) + len(dispute)
    mean = (100 * sum(paid) + 10 * sum(refund) + sum(dispute)) / events
    with capsys.disabled():
        print(f"\nwrite units an event: {mean:.2f}: {paid=} {refund=} {dispute=}")  # noqa: T201
    assert mean <= WRITE_UNITS_MAX


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
    growth = {}
    for number in range(1, 101):
        refund = s.refund(
            f"re_3QxGgW2eZvKYlo2C{number:06d}", charge=CH, payment_intent=PI, amount=1
        )
        (units,) = booked(store, [s.event("refund.created", refund, f"evt_refund_{number}")])
        growth[number] = units
    with capsys.disabled():
        print("\nwrite units at 10, 30, 100 refunds:", growth[10], growth[30], growth[100])  # noqa: T201
    assert growth[100] <= 4 * growth[30]
