"""Exporting a customer: all that is held of them, as programs and as people read it."""

from datetime import timedelta

import pytest

from functions.book_event.app import lambda_handler as book_event
from kassa.core.errors import CustomerNotFound
from kassa.customers.addresses import address_digest
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.privacy.erase_customer import erase_customer
from kassa.privacy.export_customer import export_customer
from kassa.privacy.typeset_export import typeset_export
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.pdf_text import text_of
from tests.support.person import CUSTOMER, PERSON
from tests.support.person_scene import play
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

TEXTS = (PERSON.name, PERSON.street, PERSON.email, PERSON.phone, PERSON.comment, PERSON.note)


def test_all_that_is_held_stands_in_the_export(stage: RefundStage) -> None:
    scene = play(stage)
    exported = export_customer(CUSTOMER)
    text = exported.model_dump_json()
    assert [one for one in (*TEXTS, PERSON.line) if one not in text] == []
    assert [one.payment_id for one in exported.payments] == [scene.payment_id]
    (request,) = exported.refund_requests
    assert request.refund_request_id == scene.refund_request_id
    assert {"evt_theirs"} <= {one.event_id for one in exported.events}
    assert all(one.raw for one in exported.events)
    assert exported.erasure is None


def test_a_payment_that_its_order_and_its_gateway_name_stands_there_once(
    stage: RefundStage,
) -> None:
    """The database refuses to be asked for one thing twice at once."""
    scene = play(stage)
    intent = s.payment_intent(scene.payment_id, metadata={"order_id": "order-4711"})
    named = s.event("payment_intent.succeeded", intent, "evt_named")
    assert failed(book_event(batch(named), Context())) == []
    assert [one.payment_id for one in export_customer(CUSTOMER).payments] == [scene.payment_id]


def test_what_they_want_no_messages_of_stands_there_too(stage: RefundStage) -> None:
    play(stage)
    digest = address_digest("main", PERSON.email)
    ContactStore("main").unsubscribe(digest, Category.REMINDER, NOW)
    ContactStore("main").suppress(digest, Cause.BOUNCE, NOW)
    known = {one.address_digest: one for one in export_customer(CUSTOMER).consents}
    assert len(known) == 2  # the mail address, and the phone
    assert known[digest].unsubscribed == (str(Category.REMINDER),)
    assert known[digest].suppressed == "bounce"


def test_a_person_can_read_all_of_it_as_pdf(stage: RefundStage) -> None:
    play(stage)
    pdf = text_of(typeset_export(export_customer(CUSTOMER)))
    flat = "".join(pdf.split())
    assert [one for one in TEXTS if "".join(one.split()) not in flat] == []
    assert "Refundrequests" in flat


def test_the_same_export_is_the_same_pdf(stage: RefundStage) -> None:
    play(stage)
    exported = export_customer(CUSTOMER)
    assert typeset_export(exported) == typeset_export(exported)


def test_after_an_erasure_it_says_that_there_was_one_and_nothing_else_of_them(
    stage: RefundStage,
) -> None:
    play(stage)
    stage.clock.at += timedelta(days=2)
    erase_customer(CUSTOMER, OPERATOR, lambda: 600.0)
    exported = export_customer(CUSTOMER)
    assert exported.erasure is not None
    assert exported.buyers == ()
    text = exported.model_dump_json().lower()
    assert "wqx" not in text
    assert "zqx" not in text


def test_what_is_somebody_elses_stands_in_no_export(stage: RefundStage) -> None:
    play(stage)
    assert "pi_9" not in export_customer(CUSTOMER).model_dump_json()


def test_of_whom_nothing_is_known_there_is_no_export(stack: Stack) -> None:
    with pytest.raises(CustomerNotFound):
        export_customer("customer-0000")
