"""A customer's history comes from the books themselves, booked by the real handler."""

from datetime import timedelta
from typing import Any

import pytest

from functions.book_event.app import lambda_handler
from kassa.platform import aws
from kassa.refunds.risk import customer_history as customer_histories
from kassa.refunds.risk.customer_history import CustomerHistories
from kassa.refunds.risk.signals import Paid
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed

HISTORIES = CustomerHistories("stripe", "main")


def paid(n: int, **more: Any) -> dict[str, Any]:
    """Return the event of a customer's nth payment."""
    charge = s.charge(f"ch_{n}", f"pi_{n}", **more)
    return s.event("charge.succeeded", charge, f"evt_paid_{n}")


def book(*events: dict[str, Any]) -> None:
    for at in range(0, len(events), 10):
        assert failed(lambda_handler(batch(*events[at : at + 10]), Context())) == []


def test_a_history_counts_a_customers_payments_and_no_others(stack: Stack) -> None:
    refunded = s.refund("re_1", charge="ch_1", payment_intent="pi_1")
    disputed = s.dispute("dp_2", charge="ch_2", payment_intent="pi_2")
    book(
        paid(1),
        paid(2),
        paid(3, amount=5_000, amount_captured=5_000, currency="jpy"),
        paid(4, customer="cus_2"),
        paid(5, customer=None),
        s.event("refund.created", refunded, "evt_refund"),
        s.event("charge.dispute.created", disputed, "evt_dispute"),
    )
    found = HISTORIES.of("cus_1")

    assert found is not None
    assert found.read_all
    assert (found.payments, found.refunded, found.disputed) == (3, 1, 1)
    assert found.paid == {
        "EUR": Paid(payments=2, amount_minor=200_00),
        "JPY": Paid(payments=1, amount_minor=5_000),
    }


@pytest.mark.parametrize("customer_id", [None, "", "cus_9"])
def test_an_unknown_customer_has_no_history(stack: Stack, customer_id: str | None) -> None:
    book(paid(1))
    assert HISTORIES.of(customer_id) is None
    assert CustomerHistories("stripe", "other").of("cus_1") is None


def test_a_customer_who_has_not_paid_yet_has_no_history(stack: Stack) -> None:
    started = s.payment_intent("pi_1", "requires_payment_method")
    book(s.event("payment_intent.created", started, "evt_1"))
    assert HISTORIES.of("cus_1") is None


def test_of_very_many_payments_the_newest_are_read_and_the_history_says_so(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 12  # a hundred take moto half a minute
    monkeypatch.setattr(customer_histories, "PAYMENTS_MAX", most)
    book(paid(0, amount_captured=1), paid(1, amount_captured=1))
    fake_clock.at = NOW + timedelta(hours=1)
    book(*(paid(n) for n in range(2, most + 2)))

    found = HISTORIES.of("cus_1")
    assert found is not None
    assert not found.read_all
    assert found.paid == {"EUR": Paid(payments=most, amount_minor=most * 100_00)}


@pytest.mark.moto
def test_a_history_takes_two_calls(stack: Stack) -> None:
    book(paid(1), paid(2))
    called: list[str] = []
    client = aws.client("dynamodb")
    client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: called.append(model.name)
    )

    HISTORIES.of("cus_1")
    assert called == ["Query", "BatchGetItem"]
