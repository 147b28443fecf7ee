"""What stands around receive_webhook in a test: its queue, bucket, secrets and a moved clock."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import stripe
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from functions.receive_webhook.app import lambda_handler
from kassa.gateways.events import Delivery
from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.intake.refused_requests import refused_requests
from kassa.platform import clock
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from tests.support.fake_clock import FakeClock

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
SECRET = "whsec_intake"
MI_B = 1024 * 1024
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = b'{\n  "id": "evt_1",\n  "object": "event", "name": "M\xc3\xbcller"}'


@dataclass
class Calls:
    """A client that counts its calls, and fails on demand before they reach AWS."""

    client: Any
    made: list[str] = field(default_factory=list)
    failure: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.made.append(name)
            if self.failure:
                raise self.failure
            return getattr(self.client, name)(**arguments)

        return call


@dataclass
class Intake:
    """What stands around the function under test."""

    clock: FakeClock
    sqs: Calls
    s3: Calls
    secrets: Calls
    queue_url: str

    def messages(self) -> list[Delivery]:
        received = self.sqs.client.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        return [Delivery.model_validate_json(m["Body"]) for m in received.get("Messages", [])]

    def body_of(self, delivery: Delivery) -> bytes:
        if delivery.body_key is None:
            return base64.b64decode(delivery.body_base64)
        stored = self.s3.client.get_object(Bucket="kassa-bucket", Key=delivery.body_key)
        return bytes(stored["Body"].read())

    def store_secret(self, account: str = "main", **values: Any) -> None:
        stored = {"merchant_id": "shop", "mode": "test", "signing_secrets": [SECRET]} | values
        name = f"kassa/webhooks/stripe/{account}"
        try:
            self.secrets.client.create_secret(Name=name, SecretString=json.dumps(stored))
        except self.secrets.client.exceptions.ResourceExistsException:
            self.secrets.client.put_secret_value(SecretId=name, SecretString=json.dumps(stored))

    def post(
        self, body: bytes = BODY, secret: str = SECRET, event: dict[str, Any] | None = None
    ) -> int:
        request = {
            "version": "2.0",
            "routeKey": "POST /webhooks/{gateway}/{account}",
            "headers": {"stripe-signature": signed_header(self.clock.at, body, secret)},
            "pathParameters": {"gateway": "stripe", "account": "main"},
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        answer = lambda_handler(request | (event or {}), None)
        assert answer.keys() == {"statusCode"}  # no detail for whoever guesses
        return int(answer["statusCode"])


@cache
def _made(service: str) -> Any:
    """Return a client, the same for all tests: making one takes longer than most tests do."""
    return lean_aws.client(service)


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Intake]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        lean_aws.install({})
        names = ("sqs", "s3", "secretsmanager")
        sqs, s3, secrets = (Calls(_made(name)) for name in names)
        queue_url = sqs.client.create_queue(QueueName="EventsQueue")["QueueUrl"]
        s3.client.create_bucket(
            Bucket="kassa-bucket", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        monkeypatch.setenv("EVENTS_QUEUE_URL", queue_url)
        monkeypatch.setenv("BUCKET_NAME", "kassa-bucket")
        monkeypatch.setenv("SECRETS_PREFIX", "kassa")
        _forget_environment()
        lean_aws.install({"sqs": sqs, "s3": s3, "secretsmanager": secrets})
        fake_clock = FakeClock(NOW)
        clock.install(fake_clock)
        intake = Intake(fake_clock, sqs, s3, secrets, queue_url)
        intake.store_secret()
        yield intake
    clock.install(None)
    lean_aws.install({})
    _forget_environment()


def _forget_environment() -> None:
    for cached in (lean_settings, webhook_secrets, deliveries, refused_requests):
        cached.cache_clear()


def signed_header(at: datetime, body: bytes, secret: str) -> str:
    """Sign as Stripe does, by the official library."""
    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, int(at.timestamp())
    )


def at_url(gateway: str, account: str) -> dict[str, Any]:
    return {"pathParameters": {"gateway": gateway, "account": account}}


def as_base64(text: str) -> dict[str, Any]:
    return {"body": text, "isBase64Encoded": True}


def log_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


FAILURES = [
    EndpointConnectionError(endpoint_url="https://aws"),
    ClientError({"Error": {"Code": "ServiceUnavailable"}}, "Call"),
    ClientError({"Error": {"Code": "AccessDenied"}}, "Call"),
]


def heavy_at_init(function: str) -> str:
    """Return what importing a function imports that costs a cold start too much; "" for nothing."""
    program = (
        f"import sys; import functions.{function}.app;"
        "heavy = {'stripe', 'boto3', 'pydantic', 'aws_lambda_powertools', 's3transfer'};"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or None)"
    )
    environment = {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers/common'}",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_DEFAULT_REGION": REGION,
    }
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0 or ended.stderr
    return ended.stderr
