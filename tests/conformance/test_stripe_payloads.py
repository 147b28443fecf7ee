"""Every stored Stripe event goes through the real handlers, and every order ends the same."""

import hashlib
import hmac
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice, permutations
from pathlib import Path
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book_handler
from functions.receive_webhook.app import lambda_handler as receive_handler
from kassa.gateways.events import GatewayEvent, Ignored
from kassa.gateways.stripe.events import PAYMENT_OBJECTS
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from kassa.platform import aws, clock, secrets
from tests.conformance.conftest import PAYLOADS, skip_without_payloads, stripe_event, stripe_files
from tests.support.aws_stack import Context, Stack
from tests.support.builders import CONTEXT
from tests.support.queue_batches import batch, failed
from tests.support.stripe_reading import read_body
from tests.support.stripe_server import StripeBooks, running

SECRET = "whsec_conformance"
ORDERS_MAX = 720  # every order of six events; 500 random ones of more
ACTED_ON = {"payment_intent", "charge", "refund", "dispute", "payout", "checkout.session"}

EXAMPLES = {
    "charge": "charge.updated",
    "payment_intent": "payment_intent.created",
    "refund": "refund.updated",
    "dispute": "charge.dispute.updated",
    "payout": "payout.updated",
}


def made_unique(event: dict[str, Any], number: int) -> dict[str, Any]:
    """Give an event's placeholder ids a number of their own, alike wherever they stand."""
    text = re.sub(r"\b([a-z]+(?:_[a-z]+)*_)0{14,}\b", rf"\g<1>{number:06d}", json.dumps(event))
    unique: dict[str, Any] = json.loads(text)
    return unique | {"id": f"evt_conformance_{number}"}


def signed(body: bytes, at: int) -> str:
    digest = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(body: bytes, context: Context) -> int:
    """Deliver a body to the webhook URL, signed now."""
    request = {
        "version": "2.0",
        "routeKey": "POST /webhooks/{gateway}/{account}",
        "rawPath": "/webhooks/stripe/main",
        "headers": {"stripe-signature": signed(body, int(clock.now().timestamp()))},
        "pathParameters": {"gateway": "stripe", "account": "main"},
        "requestContext": {"http": {"method": "POST", "path": "/webhooks/stripe/main"}},
        "body": body.decode(),
        "isBase64Encoded": False,
    }
    return int(receive_handler(request, context)["statusCode"])


def drained(stack: Stack, context: Context) -> list[str]:
    """Book everything that is queued and return what failed."""
    client, failures = aws.client("sqs"), []
    while messages := client.receive_message(
        QueueUrl=stack.events_queue, MaxNumberOfMessages=10
    ).get("Messages"):
        failures += failed(book_handler(batch(*(m["Body"] for m in messages)), context))
        for message in messages:
            client.delete_message(
                QueueUrl=stack.events_queue, ReceiptHandle=message["ReceiptHandle"]
            )
    return failures


@pytest.fixture
def endpoint(stack: Stack, intake_clients: None) -> Iterator[Stack]:
    """A webhook endpoint with a secret of its own, and a Stripe that knows no charge."""
    skip_without_payloads()
    client = aws.client("secretsmanager")
    fields = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET], "opened_at": None}
    client.create_secret(Name="kassa/webhooks/stripe/main", SecretString=json.dumps(fields))
    with running(StripeBooks()) as address:
        access = {"api_key": "sk_test_1", "api_base": address, "mode": "test"}
        client.put_secret_value(SecretId="kassa/api/stripe/main", SecretString=json.dumps(access))
        secrets.forget()
        yield stack
    secrets.forget()


def test_every_stored_event_is_taken_booked_or_kept(endpoint: Stack, context: Context) -> None:
    events = [made_unique(stripe_event(path), n) for n, path in enumerate(stripe_files())]
    statuses = [post(json.dumps(event).encode(), context) for event in events]
    assert Counter(statuses) == {200: len(events)}

    assert drained(endpoint, context) == []

    kept = {i["event_id"]["S"]: i for i in endpoint.items() if "event_id" in i}
    assert set(kept) == {event["id"] for event in events}
    for event in events:
        body = event["data"]["object"]
        is_ignored = "is_ignored" in kept[event["id"]]
        assert is_ignored == (body.get("object") not in ACTED_ON), event["type"]


def payments() -> dict[str, list[GatewayEvent]]:
    """Group the stored events of one API version and payment; ids as stored."""
    grouped: dict[str, list[GatewayEvent]] = defaultdict(list)
    for number, path in enumerate(stripe_files()):
        stored = stripe_event(path) | {"id": f"evt_{number}"}
        if stored["data"]["object"].get("object") in PAYMENT_OBJECTS:
            event = read_body(json.dumps(stored).encode(), "main", "test")
            if isinstance(event, Ignored):
                assert stored["data"]["object"]["object"] == "invoice"  # that isn't paid yet
                continue
            grouped[event.subject.subject_id].append(event)
    return {payment_id: events for payment_id, events in grouped.items() if len(events) > 1}


def orders(events: list[GatewayEvent]) -> Iterator[tuple[GatewayEvent, ...]]:
    """Every order of up to six events, else 500 random ones."""
    if len(events) <= 6:
        yield from islice(permutations(events), ORDERS_MAX)
        return
    shuffler = random.Random(20261122)
    for _ in range(500):
        yield tuple(shuffler.sample(events, len(events)))


def outcome(events: tuple[GatewayEvent, ...]) -> tuple[SubjectState, Counter[Any]]:
    state, moved = SubjectState(), Counter[Any]()
    for event in events:
        state, facts = book(state, event, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            identity = posting.object_id, posting.kind, posting.source, posting.destination
            moved[identity] += posting.amount.amount_minor
    return state.model_copy(update={"version": 0}), moved


def test_every_order_of_a_payments_stored_events_ends_in_one_state_and_one_ledger() -> None:
    skip_without_payloads()
    found = payments()
    assert found, "the stored events name no payment twice"
    for payment_id, events in found.items():
        first, *others = orders(events)
        expected = outcome(first)
        for order in others:
            assert outcome(order) == expected, payment_id


def test_stripes_own_example_objects_read_in_every_state() -> None:
    skip_without_payloads()
    path: Path = PAYLOADS / "stripe" / "openapi" / "fixtures3.json"
    examples = json.loads(path.read_text())["resources"]
    now = int(time.time())
    for name, of_type in EXAMPLES.items():
        envelope = {
            "id": f"evt_{name}",
            "type": of_type,
            "created": now,
            "data": {"object": examples[name] | {"balance_transaction": "txn_1"}},
        }
        event = read_body(json.dumps(envelope).encode(), "main", "test")
        assert isinstance(event, GatewayEvent), name
        assert event.object_reports
