"""Refunds on a stage: the stack on moto, a fake Stripe, and what goes between.

Events of the fake are kept until the test delivers them, so that it decides what is heard when.
"""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
import stripe

from functions.approve_refund.app import lambda_handler as approve_handler
from functions.book_event.app import lambda_handler as book_handler
from functions.decide_refund.app import lambda_handler as decide_refund_handler
from functions.pay_refund.app import lambda_handler as pay_handler
from functions.watch_gateways.app import lambda_handler as watch_handler
from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from infra.fake_gateways.stripe.model import FakeStripe
from kassa.gateways.stripe import client as stripe_client
from kassa.ledger.state import SubjectState
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase, RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.approvers import NAMES, let_approve
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed

SMALL = {"id": "R1", "name": "Small", "when": {"amount": {"up_to": "50.00 EUR"}}, "then": "approve"}
NEVER = {"id": "R2", "name": "Goodwill", "when": {"reason": ["goodwill"]}, "then": "reject"}


class RefundStage:
    """Everything around refund requests, and the acts of those who use it."""

    def __init__(self, stack: Stack, clock: FakeClock) -> None:
        self.stack, self.clock = stack, clock
        self.events: list[dict[str, Any]] = []
        self.published: list[str] = []
        self.facts: list[dict[str, Any]] = []
        self.fake = FakeStripe(
            lambda: clock.at.timestamp(),
            random.Random(7),
            switches=Switches(lifts_refund_limit=True),
            on_event=self.events.append,
        )
        self.http = InProcessHttpClient(self.fake)
        self.client = stripe.StripeClient("sk_test_1", http_client=self.http, max_network_retries=0)
        self.requests = RefundRequests()
        self.save_policy(rules=[SMALL, NEVER])
        let_approve(*NAMES)

    def save_policy(self, **fields: Any) -> None:
        """Save the next version of the policy, ruling from now on."""
        newest = Policies("main").newest()
        version = newest.version + 1 if newest else 1
        fields = {"effective_from": self.clock.at.isoformat(), "otherwise": "escalate"} | fields
        Policies("main").save(read_policy(fields, "main", version, self.clock.at, "test"))

    def pay(self, amount: int = 100_00, **more: Any) -> str:
        """Let a customer pay, and book what the gateway reports of it."""
        params: Any = {"amount": amount, "currency": "eur", "payment_method": "pm_card_visa"}
        params |= {"confirm": True, "metadata": {"order_id": "order-1", "language": "en"}}
        payment = self.client.v1.payment_intents.create(params | more)
        self.deliver()
        return payment.id

    def deliver(self) -> None:
        """Book all that the gateway has to send, and pass on what is published of refunds."""
        while self.events:
            events, self.events[:] = list(self.events), []
            for event in events:
                assert failed(book_handler(batch(event), Context())) == []
        self.pass_on()

    def pass_on(self) -> None:
        """Do what the bus's rule does: facts of refunds wake their requests."""
        for envelope in self.stack.published():
            self.published.append(envelope["detail-type"])
            self.facts.append(envelope["detail"])
            if envelope["detail-type"] in RULE:
                self.work(json.dumps(envelope))

    def post(self, body: dict[str, Any], caller: str = "shop") -> tuple[int, dict[str, Any]]:
        """Ask for a refund through the API, as a key that may."""
        return answered(approve_handler(http_event("POST /refunds", body, caller), Context()))

    def request_refund(
        self, payment_id: str, amount_minor: int | None = None, **more: Any
    ) -> RefundCase:
        """Ask for a refund and return its case."""
        body = {"payment_id": payment_id, "reason": "damaged"} | more
        if amount_minor is not None:
            body["amount_minor"] = amount_minor
        status, answer = self.post(body)
        assert status == 200, answer
        return RequestedRefund.model_validate(answer)

    def drain(self) -> None:
        """Work through RefundsQueue, as its function does; what is held back is left."""
        client = aws.client("sqs")
        while messages := client.receive_message(
            QueueUrl=self.stack.refunds_queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                self.work(message["Body"])
                client.delete_message(
                    QueueUrl=self.stack.refunds_queue, ReceiptHandle=message["ReceiptHandle"]
                )
        self.pass_on()

    def work(self, body: str) -> None:
        """Hand one message to pay_refund."""
        assert failed(pay_handler(batch(body), Context())) == []

    def watch(self) -> None:
        """Let the clock's function run, and book what it pulled and looked up."""
        watch_handler({}, Context())  # type: ignore[arg-type]
        client = aws.client("sqs")
        while messages := client.receive_message(
            QueueUrl=self.stack.events_queue, MaxNumberOfMessages=10
        ).get("Messages"):
            bodies = [message["Body"] for message in messages]
            assert failed(book_handler(batch(*bodies), Context())) == []
            for message in messages:
                client.delete_message(
                    QueueUrl=self.stack.events_queue, ReceiptHandle=message["ReceiptHandle"]
                )
        self.pass_on()

    def case(self, of: RefundCase) -> RefundCase:
        """Return how a case stands now."""
        return self.requests.named(of.request.refund_request_id)

    def payment(self, of: RefundCase) -> SubjectState:
        """Return how a case's payment stands now."""
        return self.requests.payment(of.request.payment)

    def refunds(self) -> list[Any]:
        """Return every refund that the gateway has."""
        return list(self.client.v1.refunds.list({"limit": 100}).data)


RULE = {"RefundCreated", "RefundSucceeded", "RefundFailed", "RefundCanceled", "RefundTraced"}


def http_event(route: str, body: Any, caller: str, **path: str) -> dict[str, Any]:
    """Return an HTTP API event, payload 2.0, as the authorizer lets it through."""
    method, _, template = route.partition(" ")
    where = template.format(**path)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": where,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "pathParameters": path,
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": where},
            "authorizer": {"lambda": {"key_id": caller}},
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def answered(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the status of an answer and what it says, or why not."""
    body = json.loads(answer["body"])
    return int(answer["statusCode"]), body.get("error", body)


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> RefundStage:
    """Open a stage for refunds at 2026-11-21 09:00 UTC."""
    made = RefundStage(stack, fake_clock)
    assert fake_clock.at == NOW
    monkeypatch.setattr(stripe_client, "of", lambda access: made.client)
    return made


ANNA, BERT = "anna", "bert"
ROUTE = "POST /refunds/{refund_request_id}/{action}"
Answer = tuple[int, dict[str, Any]]


def decide(
    of: RefundCase, action: str, person: str = ANNA, body: Any = None, **more: Any
) -> Answer:
    """Do something with a case through the API, as a person's key."""
    path = {"refund_request_id": of.request.refund_request_id, "action": action}
    event = http_event(ROUTE, more if body is None else body, person, **path)
    return answered(decide_refund_handler(event, Context()))  # type: ignore[arg-type]


def escalated(stage: RefundStage, amount_minor: int = 60_00, **more: Any) -> RefundCase:
    """Return a case that the policy left to people."""
    case = stage.request_refund(stage.pay(), amount_minor, **more)
    assert case.lifecycle.state is RequestState.ESCALATED
    stage.drain()
    return case


def outcome_unknown(stage: RefundStage, kind: Kind) -> RefundCase:
    """Return a case whose outcome the gateway never reported, back with people a day later."""
    case = stage.request_refund(stage.pay(), 40_00)
    stage.fake.faults.expect(Fault(kind, "/v1/refunds", "POST"))
    stage.drain()
    stage.events.clear()
    stage.clock.at += timedelta(hours=21)
    stage.watch()
    stage.drain()
    return case
