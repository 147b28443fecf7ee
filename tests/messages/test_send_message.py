"""A fact leads to one message to each who must know, sent once, and only while it is still so."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.generate_invoice.app import lambda_handler as generate
from functions.receive_mail_event.app import lambda_handler as receive_mail_event
from kassa.audit.trail import Actor
from kassa.billing.numbering.void_document import void_document
from kassa.core.errors import StaleWrite
from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Status
from kassa.deliveries.store import Deliveries
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.messages.send_message import send_message
from kassa.orders.store import Orders
from kassa.platform import aws, keys, table
from kassa.platform.messaging import event_bus
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.facts import captured, fact
from tests.support.invoices import fact_batch
from tests.support.mail_events import mail_event
from tests.support.messages import (
    BUYER,
    FakeCarrier,
    carrier,
    deliveries,
    enveloped,
    facts_on_the_bus,
    let_out,
    tell,
    wake,
)
from tests.support.orders import order_payment
from tests.support.queue_batches import batch
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.taxed_orders import send

ADDRESS = "maija@buyer.example"
THROTTLED = ClientError(
    {
        "Error": {"Code": "TooManyRequestsException", "Message": f"{ADDRESS} is too much"},
        "ResponseMetadata": {"HTTPStatusCode": 429},
    },
    "SendEmail",
)
LOST = ReadTimeoutError(endpoint_url="https://email.eu-west-1.amazonaws.com")


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    return carrier()


def invoiced(stack: Stack, buyer: dict[str, Any] = BUYER, **fields: Any) -> str:
    """Let an order be paid and invoiced; return the fact that its invoice was issued."""
    send(buyer=buyer, **fields)
    paid = captured("pi_1", NOW, (100_00, "EUR"), order_id="order-1", customer_id="customer-1")
    generate(fact_batch(paid), Context())
    [issued] = facts_on_the_bus(stack, "InvoiceIssued")
    return issued


def test_an_invoice_goes_to_its_buyer_in_their_language_with_its_document(
    stack: Stack, ses: FakeCarrier
) -> None:
    let_out(reply_to="help@shop.example")
    assert tell(invoiced(stack)) == []

    [mail], [request] = ses.read, ses.mails
    assert (mail["To"], mail["Reply-To"]) == (ADDRESS, "help@shop.example")
    assert [one.get_filename() for one in mail.iter_attachments()] == ["2026-00000001.pdf"]
    assert mail["List-Unsubscribe"] is None
    [told] = deliveries()
    assert (told.status, told.carrier_id, told.message) == (Status.SENT, "0102-1", "invoice")
    assert {"Name": "delivery_id", "Value": told.delivery_id} in request["EmailTags"]


def test_nothing_is_sent_nor_kept_before_anybody_says_who_sends(
    stack: Stack, ses: FakeCarrier
) -> None:
    assert tell(invoiced(stack)) == []

    assert (ses.mails, deliveries()) == ([], [])


def test_the_same_fact_again_is_the_same_mail(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    issued = invoiced(stack)
    tell(issued, issued)
    tell(issued)

    assert len(ses.mails) == len(deliveries()) == 1


def test_a_mail_whose_fact_the_bus_refused_is_published_when_its_message_comes_back(
    stack: Stack, ses: FakeCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_out()
    issued = invoiced(stack)
    stack.receive_measurements()
    with monkeypatch.context() as refusing:
        refusing.setattr(event_bus, "publish", raise_throttled)
        assert len(tell(issued)) == 1
    assert stack.published() == []

    assert tell(issued, issued) == []
    facts = [one["detail"] for one in stack.published()]
    assert [one["data"]["fact"] for one in facts] == ["MessageSent"] * 2
    assert facts[0] == facts[1], "a duplicate that the archive counts once"
    assert len(ses.mails) == 1


def raise_throttled(*_: Any) -> None:
    raise THROTTLED


def test_two_workers_at_one_fact_send_one_mail(stack: Stack, ses: FakeCarrier) -> None:
    """As where a customer's way back and a webhook both say that they paid."""
    let_out()
    issued = invoiced(stack)

    def race() -> None:
        with pytest.raises(StaleWrite):  # so it comes back, and finds the mail sent
            send_message(issued)

    ses.on_call = race
    assert tell(issued) == []
    assert tell(issued) == []
    assert len(ses.mails) == 1


def test_no_mail_leaves_for_an_invoice_that_is_void_by_now(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    issued = invoiced(stack)
    void_document("main", "2026-00000001", ("typo", OPERATOR), lambda: 20.0)
    tell(issued)

    [told] = deliveries()
    assert (ses.mails, told.status, told.reason) == ([], Status.SKIPPED, "not_true_any_more")


def test_an_answer_that_is_lost_is_never_asked_for_again(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    issued = invoiced(stack)
    ses.raises, ses.is_taken_though = [LOST], True
    tell(issued)
    tell(issued)
    [told] = deliveries()
    tell(wake(told))

    assert (len(ses.mails), told.status) == (1, Status.UNKNOWN)
    receive_mail_event(batch(mail_event("Delivery", told.delivery_id)), Context())
    assert deliveries()[0].status is Status.DELIVERED


def test_a_worker_that_dies_while_it_sends_leaves_an_unknown_mail(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    issued = invoiced(stack)
    ses.raises, ses.is_taken_though = [SystemExit()], True  # type: ignore[list-item]
    with pytest.raises(SystemExit):
        tell(issued)

    assert tell(issued) == ["m0"]  # it may be under way
    fake_clock.at += timedelta(minutes=6)
    assert tell(issued) == []
    assert (len(ses.mails), deliveries()[0].status) == (1, Status.UNKNOWN)


def test_a_busy_carrier_is_asked_again_when_it_is_time(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    issued = invoiced(stack)
    ses.raises = [THROTTLED]
    assert tell(issued) == []
    [told] = deliveries()
    assert (told.status, told.reason) == (Status.WAITING, "busy")

    assert tell(issued, wake(told)) == []  # too early
    assert ses.mails == []
    fake_clock.at += timedelta(minutes=1)
    tell(wake(told))
    assert len(ses.mails) == 1


def test_the_mail_waits_for_its_document_and_goes_without_it_after_an_hour(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    issued = invoiced(stack)
    _lose_document()
    tell(issued)
    [told] = deliveries()
    assert (told.status, told.reason) == (Status.WAITING, "no_document_yet")

    fake_clock.at += timedelta(hours=1)
    tell(wake(told))
    [mail] = ses.read
    assert list(mail.iter_attachments()) == []


def _lose_document() -> None:
    key = keys.invoice("main", "2026", 1)
    table.write("update_item", **table.setting(key, {"documents": {}}, ["document_sha256"]))


@pytest.mark.parametrize(
    ("buyer", "reason"),
    [
        ({**BUYER, "email": None}, "no_address"),
        ({**BUYER, "email": "maija@localhost"}, "no_address"),
    ],
)
def test_who_has_no_address_is_seen_among_what_was_skipped(
    stack: Stack, ses: FakeCarrier, buyer: dict[str, Any], reason: str
) -> None:
    let_out()
    tell(invoiced(stack, {name: value for name, value in buyer.items() if value}))

    [told] = deliveries()
    assert (ses.mails, told.status, told.reason) == ([], Status.SKIPPED, reason)


def test_a_dead_address_gets_no_mail_and_another_customer_s_does(
    stack: Stack, ses: FakeCarrier
) -> None:
    let_out()
    issued = invoiced(stack)
    digest = address_digest("main", "Maija@Buyer.example")
    ContactStore("main").suppress(digest, Cause.BOUNCE, NOW)
    tell(issued)

    assert (ses.mails, deliveries()[0].reason) == ([], "suppressed")


def test_an_invoice_reaches_who_wants_no_more_reminders(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    digest = address_digest("main", ADDRESS)
    for category in Category:
        ContactStore("main").unsubscribe(digest, category, NOW)
    tell(invoiced(stack))

    assert len(ses.mails) == 1


def test_what_is_beyond_the_day_s_cap_leaves_tomorrow(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out(mails_a_day=0)
    issued = invoiced(stack)
    tell(issued)
    [told] = deliveries()
    assert (ses.mails, told.status, told.reason) == ([], Status.WAITING, "daily_cap")
    assert told.next_attempt_at == NOW.replace(hour=0) + timedelta(days=1)

    let_out(mails_a_day=1)
    fake_clock.at += timedelta(days=1)
    tell(wake(told))
    assert len(ses.mails) == 1


def test_what_was_booked_again_long_after_is_no_news(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    issued = invoiced(stack)
    fake_clock.at += timedelta(days=8)
    tell(issued)

    assert ses.mails == []


def test_a_name_begins_no_header_of_its_own(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    evil = "Eve\r\nBcc: everybody@shop.example\r\n\r\nHello"
    tell(invoiced(stack, {**BUYER, "name": evil, "contact": evil}))

    [mail] = ses.read
    assert (mail["Bcc"], mail["To"]) == (None, ADDRESS)
    assert ses.mails[0]["Destination"] == {"ToAddresses": [ADDRESS]}


def test_a_text_goes_to_the_phone_of_whoever_bought(stack: Stack, ses: FakeCarrier) -> None:
    let_out(channels={"invoice": ["mail", "text"]}, text_sender="KAUPPA")
    tell(invoiced(stack))

    [text] = ses.texts
    assert (text["DestinationPhoneNumber"], text["MessageType"]) == (
        "+358401234567",
        "TRANSACTIONAL",
    )
    assert len(text["MessageBody"]) <= 306
    assert len(ses.mails) == 1
    assert {one.channel for one in deliveries()} == {"mail", "text"}


def test_no_address_and_no_name_stands_in_logs_or_deliveries(
    stack: Stack, ses: FakeCarrier, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("kassa").setLevel(logging.INFO)
    let_out()
    issued = invoiced(stack)
    ses.raises = [THROTTLED]
    tell(issued)
    kept = [one for one in stack.items() if "DELIVERY" in str(one["PK"])]
    shown = str(kept) + issued + "".join(capsys.readouterr())

    assert len(kept) == 1
    for word in (ADDRESS, "Maija", "Testikuja", "40 1234567"):
        assert word not in shown


def failed_payment(number: int = 1) -> str:
    """Return the fact that a payment of order-1 failed, booked as its gateway reported it."""
    subject = keys.subject("payment", "stripe", "main", f"pi_{number}")
    item = {"order_id": "order-1", "version": 1, "objects": {}}
    table.write("put_item", Item=table.typed(keys.state(subject)._asdict() | item))
    return enveloped(
        fact("PaymentFailed", f"pi_{number}", NOW, (100_00, "EUR"), reason="insufficient_funds")
    )


def test_a_failed_payment_is_told_of_once_of_its_order_and_after_a_while(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    send(buyer=BUYER)
    tell(failed_payment(1), failed_payment(2))
    assert {one.reason for one in deliveries()} == {"may_settle_by_itself"}

    fake_clock.at += timedelta(minutes=30)
    for told in deliveries():
        tell(wake(told))
    assert len(ses.mails) == 1
    assert sorted(str(one.reason) for one in deliveries()) == ["None", "told_before"]


def test_a_failed_payment_whose_order_was_paid_meanwhile_is_not_told_of(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    let_out()
    send(buyer=BUYER)
    tell(failed_payment())
    _pay_order()
    fake_clock.at += timedelta(minutes=30)
    [told] = deliveries()
    tell(wake(told))

    assert (ses.mails, deliveries()[0].reason) == ([], "not_true_any_more")


def _pay_order() -> None:
    case = Orders("main").named("order-1")
    paid = case.lifecycle.model_copy(
        update={"paid_by": order_payment("psp_1", 100_00), "version": case.lifecycle.version + 1}
    )
    Orders("main").keep(case.lifecycle, paid)


def test_a_dispute_is_told_to_each_of_the_staff_in_the_merchant_s_language(
    stack: Stack, ses: FakeCarrier
) -> None:
    let_out(staff={"dispute_opened": ["a@shop.example", "b@shop.example"]}, language="ja")
    opened = fact("DisputeOpened", "pi_1", NOW, (100_00, "EUR"), object_id="dp_1", reason="fraud")
    tell(enveloped(opened))

    assert sorted(mail["To"] for mail in ses.read) == ["a@shop.example", "b@shop.example"]
    assert all("@" not in one.recipient for one in deliveries())


def test_what_a_person_drives_again_is_sent_again_once(stack: Stack, ses: FakeCarrier) -> None:
    let_out()
    issued = invoiced(stack)
    ses.raises = [LOST]
    tell(issued)
    [told] = deliveries()
    Deliveries("main").redrive(told.delivery_id, Actor(key_id="key-1"))
    tell(wake(told), wake(told))

    assert len(ses.mails) == 1
    assert aws.client("sesv2") is ses
