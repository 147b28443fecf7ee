"""Payments on their way: nobody is reminded of what they may have paid already."""

from datetime import time, timedelta
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book
from functions.enter_payment.app import lambda_handler as enter_payment
from kassa.billing.reminders.check_still_due import check_still_due
from kassa.billing.reminders.facts import ReminderDue
from kassa.orders.attempts import AttemptState
from tests.support import stripe_events as s
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.left_orders import change, leave, paid
from tests.support.open_invoices import issue, pay
from tests.support.queue_batches import batch
from tests.support.refund_stage import answered, http_event
from tests.support.reminders import DUE, merchant, pause, published_facts, rule, run

FIRST, SECOND = "2026-00000001", "2026-00000002"
DAY = timedelta(days=1)
ORDER = "order-of-first"


@pytest.fixture
def owed(stack: Stack) -> Stack:
    """Issue an invoice of 100 EUR, of an order whose customer may pay by its link."""
    rule()
    issue(100_00, "first", due_on=DUE)
    leave(ORDER)
    stack.published()
    return stack


@pytest.mark.parametrize(
    "became",
    [
        {"state": AttemptState.UNKNOWN},
        {"state": AttemptState.SUBMITTED},
        {"state": AttemptState.PAID, "payment_id": "pay-1"},
    ],
)
def test_a_checkout_whose_outcome_may_be_a_payment_holds_back(
    owed: Stack, fake_clock: FakeClock, became: dict[str, Any]
) -> None:
    change(ORDER, **became)
    run(fake_clock, DUE)
    assert published_facts(owed) == []
    change(ORDER, state=AttemptState.FAILED, payment_id=None)
    run(fake_clock, DUE + DAY)

    assert [one["step"] for one in published_facts(owed)] == ["due"]


def test_a_checkout_that_is_open_and_not_finished_holds_nothing_back(
    owed: Stack, fake_clock: FakeClock
) -> None:
    run(fake_clock, DUE)

    assert len(published_facts(owed)) == 1


def test_a_payment_that_is_booked_and_not_yet_settled_holds_back_for_three_days(
    owed: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at += DUE - fake_clock.at.date()
    paid(ORDER, "pay-1", 40_00)
    change(ORDER, state=AttemptState.PAID, payment_id="pay-1")
    run(fake_clock, DUE)
    run(fake_clock, DUE + 2 * DAY)
    assert published_facts(owed) == []
    run(fake_clock, DUE + 3 * DAY, time(10))

    assert [one["step"] for one in published_facts(owed)] == ["first"]


def test_a_payment_that_a_person_entered_and_is_not_settled_holds_back(
    owed: Stack, fake_clock: FakeClock
) -> None:
    body = {"method": "transfer", "account": "bank", "amount_minor": 100_00, "currency": "EUR"}
    event = http_event("POST /payments/manual", body | {"invoice_number": FIRST}, "anna")
    status, entered = answered(enter_payment(event, Context()))
    assert status == 201
    run(fake_clock, DUE)
    assert published_facts(owed) == []
    pay(FIRST, 60_00, f"{entered['payment_id']}:{entered['payment_id']}:PaymentCaptured")
    run(fake_clock, DUE + DAY)

    [fact] = published_facts(owed)
    assert fact["amounts"] == [{"amount_minor": 40_00, "currency": "EUR"}]


def test_an_open_dispute_of_a_payment_of_its_order_holds_back(
    owed: Stack, fake_clock: FakeClock
) -> None:
    paid(ORDER, "pi_1", 40_00, gateway="stripe")
    pay(FIRST, 40_00, "pi_1:ch_1:PaymentCaptured")
    opened = s.event("charge.dispute.created", s.dispute(), "evt_2")
    book(batch(s.event("charge.succeeded", s.charge(), "evt_1"), opened), Context())
    run(fake_clock, DUE)
    assert published_facts(owed) == []
    won = s.event("charge.dispute.closed", s.dispute(status="won"), "evt_3")
    book(batch(won), Context())
    run(fake_clock, DUE + DAY)

    assert len(published_facts(owed)) == 1


def test_just_before_it_is_sent_what_was_paid_since_is_taken_out(
    owed: Stack, fake_clock: FakeClock
) -> None:
    issue(50_00, "second", due_on=DUE)
    issue(30_00, "third", due_on=DUE)
    run(fake_clock, DUE + 3 * DAY)
    [fact] = published_facts(owed)
    reminder = ReminderDue.model_validate(fact)
    pay(SECOND, 20_00, "p2")
    pause(until=DUE + 9 * DAY, number="2026-00000003")
    left = check_still_due(reminder, merchant(), fake_clock.at)

    assert left.is_due
    assert [(one.number[-1], one.open.amount_minor) for one in left.invoices] == [
        ("1", 100_00),
        ("2", 30_00),
    ]
    assert [one.amount_minor for one in left.amounts] == [130_00]
    change(ORDER, state=AttemptState.UNKNOWN)
    assert check_still_due(reminder, merchant(), fake_clock.at).why_not == "payment_in_flight"
    pay(FIRST, 100_00, "p1")
    assert check_still_due(reminder, merchant(), fake_clock.at).why_not == "paid"
