"""People who enter payments: by the API, and from EventsQueue through the real handlers."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book_event
from functions.enter_payment.app import lambda_handler as enter
from functions.generate_invoice.app import lambda_handler as generate_invoice
from functions.track_order.app import lambda_handler as track_order
from kassa.checkout.apply_fact import APPLICABLE
from kassa.core.postings import balances
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import booked_event, read_state
from kassa.ledger.state import SubjectState
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.platform.table import plain
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.queue_batches import failed
from tests.support.refund_stage import answered, http_event

ENTER = "POST /payments/manual"
APPLY = "POST /payments/manual/{payment_id}/apply"
GIVE_BACK = "POST /payments/manual/{payment_id}/refund"
REVERSE = "POST /payments/manual/{payment_id}/reverse"
CASH: dict[str, Any] = {
    "method": "cash",
    "account": "till-1",
    "amount_minor": 12_90,
    "currency": "EUR",
    "reference": "slip-1",
}
Answer = tuple[int, dict[str, Any]]
_INVOICED = ("PaymentCaptured", "PaymentApplied", "PaymentReversed")
_INVOICED += ("RefundSucceeded", "RefundFailed")
_APPLICABLE = {one.__name__ for one in APPLICABLE}


class ManualPayments:
    """Payments entered by people, and what follows from them."""

    def __init__(self, stack: Stack, clock: FakeClock) -> None:
        self.stack, self.clock = stack, clock

    def enter(self, key: str | None = None, **fields: Any) -> Answer:
        """Enter cash at till-1, or what the fields say."""
        return self._post(ENTER, CASH | fields, key)

    def entered(self, key: str | None = None, **fields: Any) -> str:
        """Enter what must be new; return the payment's id."""
        status, answer = self.enter(key, **fields)
        assert status == 201, answer
        return str(answer["payment_id"])

    def give_back(self, payment_id: str, key: str | None = None, **fields: Any) -> Answer:
        """Say that money was given back."""
        return self._post(GIVE_BACK, fields, key, payment_id=payment_id)

    def apply(self, payment_id: str, number: str) -> Answer:
        """Say which invoice a payment pays that was entered for nothing."""
        body = {"invoice_number": number}
        return self._post(APPLY, body, None, payment_id=payment_id)

    def reverse(self, payment_id: str, reason: str = "bounced", **fields: Any) -> Answer:
        """Say that a payment is none any more."""
        return self._post(REVERSE, {"reason": reason} | fields, None, payment_id=payment_id)

    def _post(self, route: str, body: Any, key: str | None, **path: str) -> Answer:
        event = http_event(route, body, "0123456789abcdef", **path)
        event["headers"] |= {"idempotency-key": key} if key else {}
        return answered(enter(event, Context()))

    def queued(self) -> list[str]:
        """Take all messages off EventsQueue."""
        client, taken = aws.client("sqs"), list[str]()
        while True:
            got = client.receive_message(
                QueueUrl=self.stack.events_queue, MaxNumberOfMessages=10, WaitTimeSeconds=0
            ).get("Messages", [])
            if not got:
                return taken
            for one in got:
                taken.append(one["Body"])
                client.delete_message(
                    QueueUrl=self.stack.events_queue, ReceiptHandle=one["ReceiptHandle"]
                )

    def book(self, messages: list[str] | None = None) -> list[dict[str, Any]]:
        """Book what is queued, or given messages; return the facts of payments that followed."""
        for body in self.queued() if messages is None else messages:
            record = {"messageId": "m", "body": body, "eventSource": "aws:sqs", "attributes": {}}
            assert failed(book_event({"Records": [record]}, Context())) == []
        facts = [one["detail"] for one in self.stack.published()]
        return [one for one in facts if one["metadata"]["subject_kind"] != "invoice"]

    def follow(self, messages: list[str] | None = None) -> list[dict[str, Any]]:
        """Book what is queued, or given messages, and let orders and invoices follow."""
        facts = self.book(messages)
        for fact in facts:
            self.receive(fact)
        return facts

    def receive(self, fact: dict[str, Any]) -> None:
        """Let orders and invoices receive a fact."""
        name, record = fact["data"]["fact"], _record(fact)
        if name in _APPLICABLE:
            assert failed(track_order({"Records": [record]}, Context())) == []
        if name in _INVOICED:
            assert failed(generate_invoice({"Records": [record]}, Context())) == []

    def state(self, payment_id: str, account: str = "till-1") -> SubjectState:
        """Return how a payment stands in the books."""
        kind = SubjectKind.PAYMENT
        named = {"gateway": "manual", "account": account, "kind": kind, "subject_id": payment_id}
        return read_state(Subject.model_validate(named))

    def lifecycle(self, order_id: str = "order-1") -> OrderLifecycle:
        """Return how an order stands."""
        return Orders("main").named(order_id).lifecycle

    def ledger(self) -> dict[tuple[str, str], int]:
        """Sum every posting by account and currency; what is even isn't shown."""
        sums: Counter[tuple[str, str]] = Counter()
        for item in map(plain, self.stack.items()):
            facts = booked_event(item).facts if "gateway_type" in item else ()
            for fact in facts:
                for (account, currency), minor in balances(fact.data.postings).items():
                    sums[account.value, currency] += minor
        return {name: minor for name, minor in sorted(sums.items()) if minor}


def _record(fact: dict[str, Any]) -> dict[str, Any]:
    AnyFact.model_validate(fact)
    body = json.dumps({"detail": fact})
    return {"messageId": "m", "body": body, "eventSource": "aws:sqs", "attributes": {}}


@pytest.fixture
def manual(stack: Stack, fake_clock: FakeClock) -> ManualPayments:
    """Enter payments at 2026-11-21 09:00 UTC."""
    return ManualPayments(stack, fake_clock)


@pytest.fixture(autouse=True)
def finnish_seller(manual: ManualPayments, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the merchant sell from Finland, where it is imported."""
    monkeypatch.setenv("MERCHANT_COUNTRY", "FI")
    monkeypatch.setenv("MERCHANT_TAX_ID", "FI20774740")
    settings.cache_clear()
    yield
    settings.cache_clear()
