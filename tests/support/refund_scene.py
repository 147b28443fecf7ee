"""Refunds in memory: the real operations on our own table, with the fake Stripe behind them.

Nothing passes by itself: a test delivers events, wakes requests up and moves the clock.
"""

import base64
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import stripe

from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from infra.fake_gateways.stripe.model import FakeStripe
from kassa.core.callers import Caller
from kassa.core.postings import Posting
from kassa.gateways.events import Delivery, Subject, SubjectKind
from kassa.gateways.stripe import client as stripe_client
from kassa.ledger.book_event import book_event
from kassa.ledger.state import SubjectState
from kassa.ledger.store import Books
from kassa.platform import aws, clock, secrets
from kassa.platform.settings import settings
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle
from kassa.refunds.lists import RefundQueues
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.request.request import request_in_message
from kassa.refunds.store import RefundRequests
from tests.simulation.aws import errors as aws_errors
from tests.simulation.aws.bucket import Secrets
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store
from tests.support.approvers import NAMES, let_approve
from tests.support.builders import NOW
from tests.support.fake_clock import FakeClock

TABLE = "refunds"
ENVIRONMENT = {
    **{"TABLE_NAME": TABLE, "BUS_NAME": "kassa", "SECRETS_PREFIX": "kassa"},
    **{"EVENTS_QUEUE_URL": "events", "REFUNDS_QUEUE_URL": "refunds"},
}
ACCESS = {"kassa/api/stripe/main": '{"api_key": "sk_test_1"}'}
SMALL = {"id": "R1", "name": "Up to 80", "when": {"amount": {"up_to": "80.00 EUR"}}}
APPROVING = [SMALL | {"then": "approve"}]
WAKING = {"RefundCreated", "RefundSucceeded", "RefundFailed", "RefundCanceled", "RefundTraced"}


def time_left() -> Callable[[], float]:
    """Begin a run of a minute, by the stopped clock; return how to ask what is left of it."""
    began = clock.now()
    return lambda: 60.0 - (clock.now() - began).total_seconds()


class WakeUps:
    """RefundsQueue: what is enqueued, and by how many seconds that is held back."""

    exceptions = aws_errors.SQS

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.delays: list[int] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Take messages; what is held back is left to the work queue."""
        for entry in request["Entries"]:
            self.delays.append(entry.get("DelaySeconds", 0))
            if not self.delays[-1]:
                self.waiting.append(entry["MessageBody"])
        return {"Successful": request["Entries"]}


class FakeBus:
    """The bus: every fact that was published, as it was published."""

    exceptions = aws_errors.EVENTS

    def __init__(self) -> None:
        self.facts: list[tuple[str, dict[str, Any]]] = []

    def put_events(self, **request: Any) -> dict[str, Any]:
        """Take facts."""
        new_facts = [(one["DetailType"], json.loads(one["Detail"])) for one in request["Entries"]]
        self.facts += new_facts
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "bus"} for _ in new_facts]}


class RefundScene:
    """Everything around refund requests, and the acts of those who use it."""

    def __init__(self, of_clock: FakeClock, **switches: Any) -> None:
        self.clock = of_clock
        self.store = Store({TABLE: PAYMENTS_TABLE})
        self.wake_ups, self.bus = WakeUps(), FakeBus()
        self.events: list[dict[str, Any]] = []  # the gateway's, not delivered yet
        self.fake = FakeStripe(
            lambda: self.clock.at.timestamp(),
            random.Random(7),
            switches=Switches(**{"lifts_refund_limit": True} | switches),
            on_event=self.events.append,
        )
        self.http = InProcessHttpClient(self.fake)
        self.client = stripe.StripeClient("sk_test_1", http_client=self.http, max_network_retries=0)
        self.requests = RefundRequests()
        self._delivered = 0

    def services(self) -> dict[str, Any]:
        """Return what stands behind each AWS client."""
        return {
            "dynamodb": self.store,
            "sqs": self.wake_ups,
            "events": self.bus,
            "secretsmanager": Secrets(ACCESS),
        }

    def save_policy(self, **fields: Any) -> None:
        """Save the next version of the policy, ruling from now on."""
        newest = Policies("main").newest()
        version = newest.version + 1 if newest else 1
        usual = {"effective_from": self.clock.at.isoformat(), "rules": APPROVING}
        policy = read_policy(usual | fields, "main", version, self.clock.at, "finance")
        Policies("main").save(policy)

    def pay(self, amount: int = 100_00, **more: Any) -> str:
        """Let a customer pay, and book what the gateway reports of it."""
        params: Any = {"amount": amount, "currency": "eur", "payment_method": "pm_card_visa"}
        params |= {"confirm": True, "metadata": {"order_id": "order-1", "language": "en"}}
        payment = self.client.v1.payment_intents.create(params | more)
        self.deliver()
        return str(payment.id)

    def deliver(self) -> None:
        """Book every event that the gateway has sent by now."""
        while self.events:
            self.book(self.events.pop(0))

    def book(self, event: dict[str, Any]) -> None:
        """Book one event, however often it came before."""
        book_event(self.delivery(event), "raw#0", Books(), time_left())

    def delivery(self, event: dict[str, Any]) -> Delivery:
        """Return an event as the intake queues it."""
        return Delivery(
            gateway="stripe",
            account="main",
            merchant_id="main",
            mode="test",
            received_at=clock.now(),
            body_base64=base64.b64encode(json.dumps(event).encode()).decode(),
        )

    def request_refund(
        self, payment_id: str, amount_minor: int | None = None, **more: Any
    ) -> RefundCase:
        """Ask for a refund."""
        caller = more.pop("caller", "shop")
        fields = {"payment_id": payment_id, "reason": "damaged", "amount_minor": amount_minor}
        body = RefundRequestBody(**fields | more)
        made = approve_refund(body, Caller(key_id=caller), self.requests, time_left())
        return RefundCase(request=made.request, lifecycle=made.lifecycle, comment=made.comment)

    def woken(self) -> list[str]:
        """Take every request that is to go on, by a wake-up message or by a fact of its refund."""
        messages = [json.loads(body) for body in self.wake_ups.waiting]
        self.wake_ups.waiting.clear()
        new_facts, self._delivered = self.bus.facts[self._delivered :], len(self.bus.facts)
        messages += [{"detail": fact} for name, fact in new_facts if name in WAKING]
        return [named for message in messages if (named := request_in_message(message)) is not None]

    def work(self) -> None:
        """Work through RefundsQueue until it is empty."""
        while woken := self.woken():
            for refund_request_id in woken:
                pay_refund(refund_request_id, self.requests, time_left())

    def wake(self) -> None:
        """Go on with what is due, as watch_gateways finds it."""
        for case in list(RefundQueues().due(clock.now())):
            pay_refund(case.request.refund_request_id, self.requests, time_left())
        self.work()

    def pass_by(self, **time: float) -> None:
        """Let time pass, and what is due be done."""
        self.clock.at += timedelta(**time)
        self.wake()

    def lifecycle(self, of: RefundCase) -> RefundLifecycle:
        """Return how a request stands now."""
        return self.requests.named(of.request.refund_request_id).lifecycle

    def payment(self, payment_id: str) -> SubjectState:
        """Return how a payment stands now."""
        return self.requests.payment(payment_of(payment_id))

    def charge_of(self, payment_id: str) -> str:
        """Return a payment's charge."""
        return str(self.client.v1.payment_intents.retrieve(payment_id).latest_charge)

    def refunds(self) -> list[dict[str, Any]]:
        """Return every refund that the gateway has, whatever became of it."""
        return list(self.fake.account.kinds["refund"].values())

    def postings(self, kind: str) -> list[Posting]:
        """Return the ledger's postings of a kind."""
        facts = {fact["metadata"]["fact_id"]: fact for _, fact in self.bus.facts}
        found = [p for fact in facts.values() for p in fact["data"].get("postings", [])]
        return [posting for p in found if (posting := Posting(**p)).kind == kind]

    def names(self) -> list[str]:
        """Return the names of all facts published so far."""
        return [name for name, _ in self.bus.facts]


def payment_of(payment_id: str) -> Subject:
    """Return a payment of the main Stripe account as a subject."""
    return Subject(
        gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id
    )


@contextmanager
def opened(**switches: Any) -> Iterator[RefundScene]:
    """Open a scene at the tests' instant, with a policy that approves up to 80.00 EUR."""
    scene = RefundScene(FakeClock(NOW), **switches)
    with found_by_the_code(ENVIRONMENT, scene.clock, scene.services()) as patch:
        patch.setattr(stripe_client, "of", lambda access: scene.client)
        scene.save_policy()
        let_approve(*NAMES)
        yield scene


@contextmanager
def found_by_the_code(
    environment: dict[str, str], of_clock: FakeClock, services: dict[str, Any]
) -> Iterator[pytest.MonkeyPatch]:
    """Let the real code find these, and nothing that it kept; what is patched is undone."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        secrets.forget()
        clock.install(of_clock)
        aws.install(services)
        yield patch
    aws.install({})
    clock.install(None)
    secrets.forget()
    settings.cache_clear()


@pytest.fixture
def scene() -> Iterator[RefundScene]:
    """Open a scene for one test."""
    with opened() as made:
        yield made
