"""A stage for one gateway's scene: the real handlers between its fake and the table, on moto."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from functions.book_event.app import lambda_handler as book_event
from functions.receive_webhook.app import lambda_handler as receive_webhook
from functions.watch_gateways.app import lambda_handler as watch_gateways
from kassa.core.postings import balances
from kassa.gateways import http, registry
from kassa.gateways.paypal.certificates.store import certificates
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.stripe import client as stripe_client
from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.intake.refused_requests import refused_requests
from kassa.ledger.items import booked_event
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from kassa.platform.settings import settings
from kassa.platform.table import plain
from tests.support.aws_stack import Context, Stack
from tests.support.builders import OPERATOR
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.scene import Arrival, Scene

Ledger = dict[tuple[str, str], int]
ROUNDS_MAX = 20


class Stage:
    """Lets a scene's webhooks come in, be booked and pulled, and reads the ledger."""

    def __init__(self, stack: Stack, fake_clock: FakeClock, scene: Scene) -> None:
        self.stack, self.clock, self.scene = stack, fake_clock, scene
        self.statuses: list[int] = []
        self.failures: list[str] = []
        self.secrets: dict[str, dict[str, Any]] = {}
        self.save_secrets()
        mapping = getattr(scene, "mapping", None)  # of a gateway that is known by it alone
        if mapping is not None:
            mappings.save(scene.gateway, "main", mapping, OPERATOR)

    def save_secrets(self) -> None:
        """Put what the scene's account is set to into Secrets Manager, as its owner does."""
        if self.secrets == self.scene.secrets():
            return
        self.secrets = self.scene.secrets()
        for name, content in self.secrets.items():
            _put_secret(f"kassa/{name}", content)
        webhook_secrets.cache_clear()

    def post(self, arrival: Arrival, account: str = "main") -> dict[str, Any]:
        """Post one webhook to its URL."""
        request = {
            "pathParameters": {"gateway": self.scene.gateway, "account": account},
            "headers": dict(arrival.headers),
            "queryStringParameters": dict(arrival.query) or None,
            "body": arrival.body.decode(),
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = receive_webhook(request, None)
        self.statuses.append(answer["statusCode"])
        return answer

    def deliver(self) -> list[Arrival]:
        """Post all that the gateway sent, and book it."""
        self.save_secrets()
        arrivals = self.scene.arrivals()
        for arrival in arrivals:
            self.post(arrival)
        self.book()
        return arrivals

    def book(self) -> None:
        """Book what stands on EventsQueue; what fails is kept aside by its reason."""
        sqs = boto3.client("sqs")
        for _ in range(ROUNDS_MAX):
            got = sqs.receive_message(QueueUrl=self.stack.events_queue, MaxNumberOfMessages=10)
            messages = got.get("Messages", [])
            if not messages:
                return
            records = [
                {
                    "messageId": one["MessageId"],
                    "receiptHandle": one["ReceiptHandle"],
                    "body": one["Body"],
                    "attributes": {},
                    "messageAttributes": {},
                    "eventSource": "aws:sqs",
                }
                for one in messages
            ]
            answer = book_event({"Records": records}, Context())
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            self.failures += [one["body"] for one in records if one["messageId"] in failed]
            for one in messages:
                sqs.delete_message(
                    QueueUrl=self.stack.events_queue, ReceiptHandle=one["ReceiptHandle"]
                )

    def watch(self) -> None:
        """Let watch_gateways run as its schedule does, and book what it queued."""
        watch_gateways({}, Context())
        self.book()

    def ledger(self) -> Ledger:
        """Sum every posting of the table by account and currency; what is even isn't shown."""
        sums: Counter[tuple[str, str]] = Counter()
        for item in map(plain, self.stack.items()):
            if "gateway_type" not in item:
                continue
            postings = [one for fact in booked_event(item).facts for one in fact.data.postings]
            for (account, currency), minor in balances(postings).items():
                sums[account.value, currency] += minor
        return {name: minor for name, minor in sorted(sums.items()) if minor}


@contextmanager
def on_stage(
    stack: Stack, fake_clock: FakeClock, scene: Scene, patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Open a stage; Kassa's calls reach the scene's fake until it closes."""
    patch.setattr(registry, "GATEWAYS", EVERY_GATEWAY)
    patch.setenv("GATEWAY_ACCOUNTS", f"{scene.gateway}/main")
    patch.setenv("PULL_AFTER_S", "0")
    lean_aws.install({name: boto3.client(name) for name in _SERVICES})
    _forget()
    client = getattr(scene, "client", None)  # Stripe's is its own, whoever else's is ours
    if client is not None:
        patch.setattr(stripe_client, "of", lambda access: client)
    http.install(scene.transport)
    try:
        yield Stage(stack, fake_clock, scene)
    finally:
        http.install(None)
        lean_aws.install({})
        _forget()


_SERVICES = ("sqs", "s3", "secretsmanager", "dynamodb")


def _forget() -> None:
    kept = (webhook_secrets, deliveries, certificates, refused_requests)
    for cached in (lean_settings, settings, *kept):
        cached.cache_clear()
    mappings.forget()


def _put_secret(name: str, content: dict[str, Any]) -> None:
    secrets, text = boto3.client("secretsmanager"), json.dumps(content)
    try:
        secrets.create_secret(Name=name, SecretString=text)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=text)


def seconds(fake_clock: FakeClock) -> float:
    """Return a scene's clock: the stack's own."""
    assert fake_clock.at.tzinfo is UTC or fake_clock.at.utcoffset() is not None
    return datetime.timestamp(fake_clock.now())
