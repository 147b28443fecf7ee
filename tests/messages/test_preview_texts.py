"""What a preview says of a reminder is, word for word, what is sent when its day comes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.open_checkout.app import lambda_handler as open_checkout
from functions.send_reminders.app import lambda_handler as send_reminders
from functions.serve_reminders.app import lambda_handler as serve_reminders
from kassa.billing.reminders.facts import Channel, RemindedInvoice, Tone
from kassa.billing.reminders.preview.preview_reminders import (
    LISTED_MAX,
    TEXTS_MAX,
    PreviewRequest,
    ReminderText,
    Writing,
    fitting,
    preview,
)
from kassa.billing.reminders.records import Reminder
from kassa.core.money import Money
from kassa.customers.addresses import address_digest
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.messages.reminders.preview_texts import TOKEN_STAND_IN
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.invoices import fact_batch
from tests.support.messages import BUYER, FakeCarrier, carrier, facts_on_the_bus, let_out, tell
from tests.support.open_invoices import issue
from tests.support.order_scene import FakeGateway
from tests.support.orders import ORDER_BODY
from tests.support.payment_links import north as north
from tests.support.refund_stage import answered, http_event
from tests.support.reminders import merchant, rule
from tests.support.taxed_orders import BOOK, LAMP
from tests.support.taxed_orders import in_finland as in_finland

ADDRESS = "maija@buyer.example"
DAYS = 30
FEE = {"name": "second", "currency": "EUR", "after_days": 10, "fixed": "5.00 EUR"}


def owe(stack: Stack, order_id: str, due_on: str, language: str = "fi") -> None:
    """Let a customer owe the invoice of an order that is paid later."""
    body = {"order_id": order_id, "pay_by": due_on, "language": language}
    sent = ORDER_BODY | {"lines": [LAMP, BOOK], "buyer": BUYER} | body
    open_checkout(http_event("POST /orders", sent, "shop"), Context())
    issued = [one["detail"] for one in stack.published() if one["detail-type"] == "InvoiceIssued"]
    generate(fact_batch(*(json.dumps({"detail": one}) for one in issued)), Context())


@pytest.fixture
def ses(stack: Stack, north: FakeGateway, in_finland: None) -> FakeCarrier:
    made = carrier()
    let_out(text_sender="KAUPPA", reply_to="help@shop.example")
    return made


def calendar(**query: str) -> dict[str, Any]:
    event = http_event("GET /reminders/preview", None, "anna")
    query = {"days": str(DAYS), "texts": "true"} | query
    status, found = answered(serve_reminders(event | {"queryStringParameters": query}, Context()))
    assert status == 200
    return found


def days_pass(stack: Stack, fake_clock: FakeClock) -> None:
    """Send on each day what is due then."""
    for number in range(DAYS):
        fake_clock.at = NOW + timedelta(days=number)
        send_reminders({}, Context())
        for fact in facts_on_the_bus(stack, "ReminderDue"):
            assert tell(fact) == []


@pytest.mark.parametrize("language", ["fi", "th"])
def test_each_mail_is_what_the_preview_said_but_for_the_link_that_ends_them(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock, language: str
) -> None:
    rule(late_fees=[FEE], interest={"annual_percent": 10})
    owe(stack, "order-1", "2026-12-05", language)
    owe(stack, "order-2", "2026-12-07", language)
    planned = calendar()
    days_pass(stack, fake_clock)

    sent = []
    for mail in ses.read:
        token = str(mail["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        [body] = [one for one in mail.walk() if one.get_content_type() == "text/plain"]
        text = body.get_content().replace("\r\n", "\n")  # as lines end on their way
        assert text.count(token) == 1
        sent.append((mail["Subject"], text.replace(token, TOKEN_STAND_IN)))
    shown = [(one["subject"], one["text"]) for one in planned["reminders"]]
    assert shown == sent
    assert (len(sent), planned["texts"]) == (4, 4)
    assert {one["not_sent_because"] for one in planned["reminders"]} == {None}


def test_a_text_is_what_the_preview_said_and_a_letter_has_none(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    text = {"name": "soon", "days": -3, "channel": "text", "tone": "friendly"}
    letter = {"name": "late", "days": 3, "channel": "letter", "tone": "firm"}
    rule(steps=[text, letter])
    owe(stack, "order-1", "2026-12-05")
    planned = calendar()
    days_pass(stack, fake_clock)

    assert [(one["subject"], one["text"]) for one in planned["reminders"]] == [
        (None, ses.texts[0]["MessageBody"]),
        (None, None),
    ]


def test_texts_are_written_only_where_they_are_asked_for(stack: Stack, ses: FakeCarrier) -> None:
    rule()
    owe(stack, "order-1", "2026-12-05")
    planned = calendar(texts="false")

    assert planned["texts"] is None
    assert {one["text"] for one in planned["reminders"]} == {None}


@pytest.mark.parametrize("why", ["switched_off", "suppressed", "unsubscribed", "no_address"])
def test_a_reminder_that_won_t_be_sent_says_why_beside_its_text(
    stack: Stack, ses: FakeCarrier, why: str
) -> None:
    rule()
    contacts, digest = ContactStore("main"), address_digest("main", ADDRESS)
    match why:
        case "switched_off":
            let_out(off=["reminder", "overdue"])
        case "suppressed":
            contacts.suppress(digest, Cause.BOUNCE, NOW)
        case "unsubscribed":
            contacts.unsubscribe(digest, Category.REMINDER, NOW)
        case _:
            issue(100_00, "first")
    if why != "no_address":
        owe(stack, "order-1", "2026-12-05")
    planned = calendar()

    assert {one["not_sent_because"] for one in planned["reminders"]} == {why}
    assert all(one["subject"] and one["text"] for one in planned["reminders"])


def test_what_a_preview_reads_it_leaves_as_it_was(stack: Stack, ses: FakeCarrier) -> None:
    rule(late_fees=[FEE], interest={"annual_percent": 10})
    owe(stack, "order-1", "2026-12-05")
    before = stack.items()
    calendar()

    assert (stack.items(), ses.mails) == (before, [])


def test_texts_are_as_many_as_room_and_time_allow(stack: Stack) -> None:
    rule(steps=[{"name": "due", "days": 0, "channel": "mail", "tone": "neutral"}])
    for number in range(TEXTS_MAX + 1):
        issue(100_00, f"s-{number}", customer_id=f"customer-{number}")
    said = ReminderText("Subject", "Text")

    def texts(text: ReminderText, left_s: float) -> int:
        writing = Writing(lambda reminder: text, lambda: left_s)
        found = preview(merchant(), PreviewRequest(DAYS, writing=writing))
        assert len(found.reminders) == TEXTS_MAX + 1
        written = [one.text for one in found.reminders if one.text]
        assert (len(written), [one.text for one in found.reminders[: len(written)]]) == (
            found.texts,
            written,
        )
        return len(written)

    assert texts(said, 20.0) == TEXTS_MAX
    assert texts(said._replace(text="x" * 200_000), 20.0) == 2
    assert texts(said, 4.0) == 0


def test_a_calendar_names_no_more_invoices_than_an_answer_has_room_for() -> None:
    one = RemindedInvoice(
        number="2026-00000001",
        due_on=NOW.date(),
        open=Money(amount_minor=100_00, currency="EUR"),
    )
    reminder = Reminder(
        merchant_id="main",
        customer_id="customer-1",
        anchor=one.number,
        step="due",
        days=0,
        step_on=NOW.date(),
        channel=Channel.MAIL,
        tone=Tone.NEUTRAL,
        invoices=(one,) * 3_000,
        amounts=(one.open,),
        reminded_on=NOW.date(),
        decided_at=NOW,
        policy_version=1,
    )
    named = 200  # by one reminder, however many there are

    assert len(fitting([reminder] * 60)) == LISTED_MAX // named
    assert len(fitting([reminder] * 3)) == 3
