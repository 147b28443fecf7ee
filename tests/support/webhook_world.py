"""Webhooks from the bus to receivers: the real handlers, a queue that knows the clock, receivers.

A queue's message that fails comes back after the visibility time-out, five times; then it is dead.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import boto3
import pytest

from functions.resume_deliveries.app import lambda_handler as resume
from functions.send_webhook.app import lambda_handler as send
from kassa.audit.trail import Actor
from kassa.core import stored
from kassa.core.errors import PartnerSilent
from kassa.core.facts import Fact
from kassa.deliveries import lists
from kassa.deliveries.delivery import Delivery
from kassa.partners import safe_http
from kassa.partners.addresses import Target
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from kassa.partners.webhooks.endpoints import store
from kassa.partners.webhooks.endpoints.endpoint import Endpoint
from kassa.partners.webhooks.endpoints.save_endpoint import Entered, WithSecret, save_endpoint
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.platform import aws, drawn_secrets
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, REGION, Context, FakeClock, Stack, keep_secret
from tests.support.facts import captured

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/webhooks"
VISIBILITY = timedelta(seconds=360)
RECEIVES_MAX = 5
MASTER_NAME, MASTER = "kassa/outgoing-webhooks", "m" * 64
DEVELOPER = Actor(person_id="person_0123456789ab")


class Crash(BaseException):
    """An execution environment that dies in the middle of something."""


class Message(NamedTuple):
    """A message on the queue."""

    due_at: datetime
    number: int
    body: str
    group: str | None
    receives: int = 0


@dataclass
class FakeQueue:
    """What of SQS is called: messages that wait until they are due."""

    clock: FakeClock
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    calls: int = 0

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Take messages as SQS does."""
        assert QueueUrl == QUEUE
        self.calls += 1
        for entry in Entries:
            delay = timedelta(seconds=entry.get("DelaySeconds", 0))
            assert delay <= timedelta(minutes=15)
            self.put(entry["MessageBody"], delay, entry.get("MessageGroupId"))
        return {}

    def __getattr__(self, name: str) -> Any:
        return getattr(boto3.client("sqs", region_name=REGION), name)

    def put(self, body: str, delay: timedelta = timedelta(0), group: str | None = None) -> None:
        """Put one message."""
        self.calls += 1
        self.messages.append(Message(self.clock.at + delay, self.calls, body, group))

    def due(self) -> Message | None:
        """Take the next message that is due."""
        found = [one for one in self.messages if one.due_at <= self.clock.at]
        if not found:
            return None
        first = min(found)
        self.messages.remove(first)
        return first

    def return_later(self, message: Message) -> None:
        """Bring a message back that failed, or let it die."""
        again = message._replace(due_at=self.clock.at + VISIBILITY, receives=message.receives + 1)
        (self.messages if again.receives < RECEIVES_MAX else self.dead).append(again)


class Taken(NamedTuple):
    """A webhook as a receiver got it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


Answering = Callable[[Taken], SafeAnswer]


def status(code: int, **headers: str) -> Answering:
    """Return a receiver that answers a status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: SafeAnswer(code, named, b"")


def silent(_: Taken) -> SafeAnswer:
    """Be a receiver that takes what it gets and answers nothing."""
    raise PartnerSilent("no whole answer in 10 s")


@dataclass
class World:
    """A stack, its webhooks queue, and whoever receives."""

    clock: FakeClock
    queue: FakeQueue
    stack: Stack
    answering: dict[str, Answering] = field(default_factory=dict)  # by host
    taken: list[Taken] = field(default_factory=list)
    failures: int = 0

    def add(self, host: str = "shop.example", *events: str, **more: Any) -> WithSecret:
        """Enter an endpoint."""
        entered = Entered(f"https://{host}/hooks", events or ("*",), **more)
        return save_endpoint(entered, "person_0123456789ab", DEVELOPER)

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """Return an endpoint as it stands."""
        return Endpoints("main").named(endpoint_id)

    def publish(self, fact: Fact[Any] | None = None, payment: str = "pi_1") -> None:
        """Let a fact come off the bus."""
        found = fact or captured(payment, self.clock.at, (1290, "EUR"))
        detail = stored.plain(found, exclude_none=True)
        self.queue.put(json.dumps({"detail-type": found.data.fact, "detail": detail}))

    def run(self, span: timedelta = timedelta(0)) -> None:
        """Let the queue be worked off, and the time pass; resume_deliveries runs each minute."""
        ends_at = self.clock.at + span
        while True:
            while message := self.queue.due():
                self.receive(message)
            resumes_at = self._resumes_at()
            next_at = min(
                [*(one.due_at for one in self.queue.messages), *filter(None, [resumes_at])],
                default=None,
            )
            if next_at is None or next_at > ends_at:
                self.clock.at = ends_at
                return
            self.clock.at = next_at
            if next_at == resumes_at:
                resume({}, Context())

    def receive(self, message: Message) -> None:
        """Hand one message to the function."""
        record = {
            "messageId": str(message.number),
            "body": message.body,
            "attributes": {},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:webhooks",
        }
        try:
            answer = send({"Records": [record]}, Context())
        except Crash:
            self.queue.return_later(message)
            return
        if answer["batchItemFailures"]:
            self.failures += 1
            self.queue.return_later(message)

    def deliveries(self, endpoint_id: str | None = None) -> list[Delivery]:
        """Return the deliveries of all days, the oldest first."""
        recipient = f"endpoint:{endpoint_id}" if endpoint_id else None
        filters, found = lists.DeliveryFilter(recipient=recipient), list[Delivery]()
        day, last = NOW.date(), self.clock.at.date()
        while day <= last:
            found += lists.of_day("main", day, filters, PageRequest(limit=100))[0]
            day += timedelta(days=1)
        return sorted(found, key=lambda one: one.created_at)

    def step(self, name: str) -> None:
        """Take one step to the outside; a test may let the environment die there."""

    def to(self, host: str) -> list[Taken]:
        """Return what a receiver got."""
        return [one for one in self.taken if one.url.startswith(f"https://{host}/")]

    def _resumes_at(self) -> datetime | None:
        """Return when resume_deliveries next finds something, on a whole minute."""
        far = self.clock.at + timedelta(days=30)
        due_at = next((one.due_at for one in lists.due("main", far) if one.due_at), None)
        if due_at is None:
            return None
        soonest = max(due_at, self.clock.at)
        return soonest.replace(second=0, microsecond=0) + timedelta(minutes=1)

    def _transport(self, target: Target, request: SafeRequest) -> SafeAnswer:
        self.step("before a webhook")
        taken = Taken(self.clock.at, target.url, request.headers, request.body or b"")
        self.taken.append(taken)
        answer = self.answering.get(target.host, status(204))(taken)
        self.step("after a webhook")
        return answer


@pytest.fixture
def world(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Make a stack with a webhooks queue, and receivers that take everything."""
    monkeypatch.setenv("WEBHOOKS_QUEUE_URL", QUEUE)
    settings.cache_clear()
    store.forget()
    drawn_secrets.forget()
    keep_secret(MASTER_NAME, MASTER)
    queue = FakeQueue(fake_clock)
    aws.install({"sqs": queue})
    made = World(fake_clock, queue, stack)
    safe_http.install(made._transport)
    yield made
    safe_http.install(None)
    store.forget()
    drawn_secrets.forget()
