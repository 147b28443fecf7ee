"""Reminders say what is owed by now, wait for the morning, and end by one click."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.open_checkout.app import lambda_handler as open_checkout
from functions.unsubscribe.app import lambda_handler as unsubscribe
from kassa.billing.numbering.void_document import void_document
from kassa.billing.reminders.pause_reminders import Pause, Whose, pause_reminders
from kassa.core.facts import Fact
from kassa.core.merchant import Merchant
from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Status
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.facts import MessageFact
from kassa.platform import documents
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.invoices import fact_batch
from tests.support.left_orders import change, leave, paid
from tests.support.messages import (
    BUYER,
    FakeCarrier,
    carrier,
    deliveries,
    enveloped,
    let_out,
    tell,
    wake,
)
from tests.support.order_scene import FakeGateway
from tests.support.orders import ORDER_BODY
from tests.support.payment_links import north as north
from tests.support.refund_stage import http_event
from tests.support.taxed_orders import BOOK, LAMP
from tests.support.taxed_orders import in_finland as in_finland

NUMBER = "2026-00000001"
ADDRESS = "maija@buyer.example"
BODY = ORDER_BODY | {"pay_by": "2026-12-05", "lines": [LAMP, BOOK], "buyer": BUYER}


@pytest.fixture
def ses(stack: Stack, north: FakeGateway, in_finland: None) -> FakeCarrier:
    """Let an order be invoiced that is paid later, and mails leave."""
    open_checkout(http_event("POST /orders", BODY, "shop"), Context())
    issued = [one for one in stack.published() if one["detail-type"] == "InvoiceIssued"]
    generate(fact_batch(*(json.dumps({"detail": one["detail"]}) for one in issued)), Context())
    made = carrier()
    let_out(quiet_hours={"begin": "21:00", "end": "08:00"})
    return made


def reminder(days: int = 3, channel: str = "mail", tone: str = "neutral") -> str:
    """Return the fact that a customer is to be reminded of their one invoice."""
    money = {"amount_minor": 100_00, "currency": "EUR"}
    owed = {"number": NUMBER, "order_id": "order-1", "due_on": "2026-12-05", "open": money}
    return _published(
        "ReminderDue",
        {
            "object_id": f"rem_{days}",
            "customer_id": "customer-1",
            "anchor": NUMBER,
            "step": f"day {days}",
            "days": days,
            "channel": channel,
            "tone": tone,
            "invoices": [owed | {"fee_minor": 5_00}],
            "amounts": [money],
        },
    )


def _published(kind: str, data: dict[str, Any]) -> str:
    metadata = {
        "fact_id": f"customer-1:{data['object_id']}:{kind}",
        "event_id": data["object_id"],
        "merchant_id": "main",
        "gateway": "kassa",
        "account": "main",
        "subject_kind": "customer",
        "subject_id": "customer-1",
        "version": 1,
        "booked_at": NOW,
    }
    money = {"amount_minor": 100_00, "currency": "EUR"}
    said = {"fact": kind, "occurred_at": NOW, "amount": money} | data
    fact: Fact[Any] = MessageFact.model_validate({"metadata": metadata, "data": said})
    return enveloped(fact)


@pytest.mark.parametrize(("days", "message"), [(-3, "reminder"), (0, "reminder"), (3, "overdue")])
def test_what_is_said_depends_on_the_due_date(
    stack: Stack, ses: FakeCarrier, days: int, message: str
) -> None:
    assert tell(reminder(days)) == []

    [told] = deliveries()
    assert (told.message, told.status, len(ses.mails)) == (message, Status.SENT, 1)


def test_a_reminder_that_was_paused_meanwhile_is_not_sent(stack: Stack, ses: FakeCarrier) -> None:
    pause = Pause(NOW.date() + timedelta(days=30), "talks about instalments", OPERATOR)
    merchant = Merchant.from_settings(settings().model_dump())
    pause_reminders(merchant, Whose(number=NUMBER), pause, lambda: 20.0)

    assert tell(reminder(3)) == []
    assert (ses.mails, deliveries()[0].reason) == ([], "not_true_any_more")


def test_a_reminder_s_link_ends_reminders_by_one_post(stack: Stack, ses: FakeCarrier) -> None:
    tell(reminder(3))
    [mail] = ses.read
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("https://api.shop.example/unsubscribe/")

    token = link.rpartition("/")[2]
    request = {"requestContext": {"http": {"method": "POST"}}, "pathParameters": {"token": token}}
    assert unsubscribe(request, Context())["statusCode"] == 200
    tell(reminder(10))
    assert len(ses.mails) == 1
    assert {one.reason for one in deliveries()} == {None, "unsubscribed"}


def test_a_reminder_waits_for_its_customer_s_morning(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    fake_clock.at = NOW.replace(hour=20)  # ten in the evening in Finland
    tell(reminder(3))
    [told] = deliveries()
    assert (told.reason, told.next_attempt_at) == (
        "quiet_hours",
        NOW.replace(hour=6) + timedelta(days=1),
    )

    fake_clock.at = NOW.replace(hour=6) + timedelta(days=1)
    tell(wake(told))
    assert len(ses.mails) == 1


def test_nobody_is_reminded_of_what_is_void_by_now(stack: Stack, ses: FakeCarrier) -> None:
    void_document("main", NUMBER, ("typo", OPERATOR), lambda: 20.0)
    tell(reminder(3))

    assert ([one.reason for one in deliveries()], ses.mails) == (["not_true_any_more"], [])


def test_a_letter_is_a_pdf_in_the_bucket_to_be_printed(stack: Stack, ses: FakeCarrier) -> None:
    assert tell(reminder(10, channel="letter", tone="final")) == []

    [told] = deliveries()
    assert (told.status, ses.mails) == (Status.SENT, [])
    assert documents.read(str(told.carrier_id)).startswith(b"%PDF")
    assert told.carrier_id == f"letters/main/{told.delivery_id}.pdf"


def test_the_letters_of_a_day_are_fetched_to_be_printed(
    stack: Stack, ses: FakeCarrier, console: Console
) -> None:
    tell(reminder(10, channel="letter", tone="final"))
    fetched = console.run("messages", "letters", "--day", "2026-11-21").stdout.splitlines()

    assert [Path(one).read_bytes()[:4] for one in fetched] == [b"%PDF"]
    assert console.run("messages", "letters", "--day", "2026-11-20").stdout == (
        "No letter is of that day.\n"
    )


def left(**consent: Any) -> str:
    """Return the fact that an order was left, after it was sent with or without consent."""
    body = ORDER_BODY | {"order_id": "order-2", "buyer": BUYER} | consent
    open_checkout(http_event("POST /orders", body, "shop"), Context())
    return _published(
        "CheckoutAbandoned",
        {"object_id": "order-2", "customer_id": "customer-1", "order_id": "order-2"},
    )


def test_who_agreed_is_told_of_a_basket_they_left(stack: Stack, ses: FakeCarrier) -> None:
    tell(left(marketing_consent_at="2026-11-21T08:00:00Z"))

    [mail] = ses.read
    assert (mail["To"], len(ses.mails)) == (ADDRESS, 1)
    assert mail["List-Unsubscribe"] is not None


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, False),  # the same cart again
        ({"customer_id": "customer-2"}, True),
        ({"lines": [BOOK | {"amount_minor": 100_00}]}, True),
    ],
)
def test_who_paid_another_order_of_the_cart_overnight_is_not_told_of_the_one_they_left(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock, fields: dict[str, Any], is_told: bool
) -> None:
    fact = left(marketing_consent_at="2026-11-21T08:00:00Z")
    fake_clock.at = NOW.replace(hour=20)  # ten in the evening in Finland
    tell(fact)
    [told] = deliveries()
    assert (told.status, told.reason, ses.mails) == (Status.WAITING, "quiet_hours", [])

    leave("order-3", consent=None, **fields)
    paid("order-3")
    fake_clock.at = NOW.replace(hour=6) + timedelta(days=1)
    assert tell(wake(told)) == []

    [told] = deliveries()
    assert (told.status, told.reason) == (
        (Status.SENT, None) if is_told else (Status.SKIPPED, "not_true_any_more")
    )
    assert len(ses.mails) == is_told


def test_who_is_paying_the_order_they_left_is_not_told(stack: Stack, ses: FakeCarrier) -> None:
    fact = left(marketing_consent_at="2026-11-21T08:00:00Z")
    change("order-2", completed_at=NOW)
    tell(fact)

    assert ([one.reason for one in deliveries()], ses.mails) == (["not_true_any_more"], [])


def test_who_did_not_agree_is_not_told(stack: Stack, ses: FakeCarrier) -> None:
    tell(left())

    assert ([one.reason for one in deliveries()], ses.mails) == (["no_consent"], [])
    digest = address_digest("main", ADDRESS)
    assert ContactStore("main").read(digest).unsubscribed == frozenset()
