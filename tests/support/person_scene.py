"""A person's year at a shop: an order, a payment, a refund with words, and what gateways sent."""

import json
from datetime import datetime
from typing import Any, NamedTuple

import boto3

from functions.book_event.app import lambda_handler as book_event
from kassa.customers.store import Customers
from kassa.deliveries.delivery import Channel, Outcome, Status, new_delivery
from kassa.deliveries.store import Deliveries
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.store import Orders
from kassa.platform.settings import settings
from kassa.refunds.store import RefundRequests
from tests.support import stripe_events as s
from tests.support.aws_stack import Context
from tests.support.builders import eur, fact_metadata
from tests.support.facts import captured
from tests.support.orders import order
from tests.support.person import CUSTOMER, PERSON, buyer
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import RefundStage, decide, escalated

INVOICE = "invoices/main/2026/2026-00000001.pdf"


class Scene(NamedTuple):
    """What was made of them."""

    payment_id: str
    refund_request_id: str


def play(stage: RefundStage) -> Scene:
    """Let them buy, pay and want their money back; and somebody else buy beside them."""
    case = escalated(stage, comment=PERSON.comment)
    assert decide(case, "reject", reason="too_late")[0] == 200
    _note(case.request.refund_request_id)
    payment_id = case.request.payment.subject_id
    _order(payment_id, stage.clock.at)
    _tell_of_them(payment_id)
    Customers("main").keep(CUSTOMER, "order-4711", buyer())
    _write_to_them(stage.clock.at)
    s3 = boto3.client("s3")
    s3.put_object(Bucket=settings().bucket_name, Key=INVOICE, Body=PERSON.name.encode())
    return Scene(payment_id, case.request.refund_request_id)


def _write_to_them(at: datetime) -> None:
    """Let a letter to them be laid out."""
    fact = captured("pi_4711", at, (100_00, "EUR"))
    new = new_delivery(fact, Channel.LETTER, f"customer:{CUSTOMER}", at, "reminder")
    begun = Deliveries("main").begin(new, is_repeatable=True)
    assert begun is not None
    key = f"letters/main/{begun.delivery_id}.pdf"
    letter = f"{PERSON.name}, {PERSON.street}".encode()
    boto3.client("s3").put_object(Bucket=settings().bucket_name, Key=key, Body=letter)
    Deliveries("main").end(begun, Outcome(Status.SENT, carrier_id=key))


def _note(refund_request_id: str) -> None:
    """Let a person have noted something of them."""
    before = RefundRequests().named(refund_request_id).lifecycle
    *first, last = before.changes
    changes = (*first, last.model_copy(update={"note": PERSON.note}))
    after = before.model_copy(update={"changes": changes, "version": before.version + 1})
    RefundRequests().keep(before, after)


def _order(payment_id: str, at: Any) -> None:
    """Keep an order that the payment paid, two days ago."""
    sent = order(
        order_id="order-4711",
        customer_id=CUSTOMER,
        lines=[{"name": PERSON.line, "quantity": 1, "amount_minor": 100_00}],
        success_url="https://shop.example/thanks?who=wqxaino",
    )
    paid = OrderPayment(
        gateway="stripe",
        account="main",
        payment_id=payment_id,
        amount=eur(100_00),
        captured_at=at,
        object_id="ch_1",
        last_fact=fact_metadata(f"{payment_id}:captured", payment_id),
    )
    lifecycle = OrderLifecycle(order_id="order-4711", version=1, paid_by=paid)
    Orders("main").open(sent, lifecycle)


def _tell_of_them(payment_id: str) -> None:
    """Book what a gateway says of them: with their payment, apart from it, and of somebody else."""
    billed = {
        "name": PERSON.name,
        "email": PERSON.email,
        "phone": PERSON.phone,
        "address": {"line1": PERSON.street, "country": "FI"},
    }
    intent = s.payment_intent(payment_id, customer="cus_77", billing_details=billed)
    theirs = s.event("payment_intent.succeeded", intent, "evt_theirs")
    moved = {"id": "cus_77", "object": "customer", "email": PERSON.email, "name": PERSON.name}
    apart = s.event("customer.updated", moved, "evt_apart")
    other = s.event("charge.succeeded", s.charge("ch_9", payment_intent="pi_9"), "evt_other")
    assert failed(book_event(batch(theirs, apart, other), Context())) == []


def bodies(stack: Any, event_id: str) -> list[str]:
    """Return how archived messages that name an event stand."""
    from kassa.ledger import raw_archive

    found = []
    for day in raw_archive.days():
        for one in raw_archive.batches(day):
            batch_of = raw_archive.archived(one.key)
            assert batch_of is not None
            found += [json.loads(line) for line in batch_of.lines if event_id in line]
    return found
