"""A stack in the test's own process: the template's table, a bucket, a bus and queues.

The table is our own proven store; all else is moto's, and S3, queues, the bus and secrets are
called without the wire. In tests marked `moto` the table is moto's too, and every call goes over
the wire.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from jsonpath_ng import ext as jsonpath
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.core import base_backend as moto_backend
from moto.core import models as moto_models
from moto.core import responses as moto_responses
from moto.events import events_backends
from moto.s3.models import s3_backends
from moto.secretsmanager import secretsmanager_backends
from moto.sqs import models as moto_sqs
from moto.sqs import sqs_backends

from kassa.platform import aws, clock, drawn_secrets, secrets
from kassa.platform.settings import settings
from tests.support.direct_calls import DirectCalls
from tests.support.fake_clock import FakeClock
from tests.support.local_table import create_table
from tests.support.message_calls import MESSAGE_CALLS
from tests.support.object_calls import OBJECT_CALLS
from tests.support.store_client import StoreCalls

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
REGION = "eu-west-1"
QUEUES = ("events", "published", "refunds", "invoices")


class Context:
    """What Lambda hands to a handler of its invocation."""

    function_name = "test"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    aws_request_id = "request-1"
    left_s = 30.0

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        return int(self.left_s * 1000)


@dataclass
class Stack:
    """Names and clients of the test's stack."""

    table: str
    bucket: str
    bus: str
    events_queue: str
    published_queue: str  # receives every fact that reaches the bus
    refunds_queue: str
    invoices_queue: str = ""

    def published(self) -> list[dict[str, Any]]:
        """Take every fact off the bus, as EventBridge's envelopes."""
        taken: list[dict[str, Any]] = []
        client = aws.client("sqs")
        while True:
            answer = client.receive_message(
                QueueUrl=self.published_queue, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            for message in answer.get("Messages", []):
                taken.append(json.loads(message["Body"]))
                client.delete_message(
                    QueueUrl=self.published_queue, ReceiptHandle=message["ReceiptHandle"]
                )
            if not answer.get("Messages"):
                return taken

    def receive_measurements(self) -> None:
        """Let what was measured reach the queue of what was published, too."""
        events = events_backends[ACCOUNT_ID][REGION]
        events.put_rule(
            "measured",
            event_bus_arn="kassa",
            event_pattern=json.dumps({"source": ["kassa.measured"]}),
        )
        target = {"Id": "measured", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:published"}
        events.put_targets("measured", "kassa", [target])

    def items(self) -> list[dict[str, Any]]:
        """Return every item of the table, typed as on the wire."""
        found: list[dict[str, Any]] = aws.client("dynamodb").scan(TableName=self.table)["Items"]
        return found


_made_by_boto3 = boto3.client
_PLAIN = Config(user_agent="tests")  # said once, not worked out anew for every call
_UNSIGNED = Config(  # nobody here looks at a signature, by which moto would know the region
    signature_version=UNSIGNED, user_agent=f"tests region/{REGION}"
)


# What moto does anew for each test or call, and needs to do once or, for botocore alone, never.
moto_models.RESPONSES_METHODS = []  # to answer those who don't go through botocore
moto_responses.method_names_from_class = cache(moto_responses.method_names_from_class)
jsonpath.parse = cache(jsonpath.parse)  # eight expressions for every event put on the bus
moto_sqs.camelcase_to_underscores = cache(moto_sqs.camelcase_to_underscores)  # per attribute, queue
_regions_of = moto_backend.AccountSpecificBackend._generate_regions.__wrapped__
moto_backend.AccountSpecificBackend._generate_regions = lambda _, service: _regions(service)


@cache
def _regions(service: str) -> list[str]:
    return list(_regions_of(None, service))


_store = StoreCalls()
objects, _messages = DirectCalls(OBJECT_CALLS), DirectCalls(MESSAGE_CALLS)


@cache
def _kept(service: str, config: Config | None, **more: Any) -> Any:
    config = config or _PLAIN
    if service in ("events", "sqs"):
        config = config.merge(_UNSIGNED)
    made = _made_by_boto3(service, **{"region_name": REGION} | more, config=config)
    taken = {"dynamodb": _store.take, "s3": objects.take}
    return taken.get(service, _messages.take)(made)


def client(service: str, config: Config | None = None, **more: Any) -> Any:
    """Return a client, the same for all tests: making one takes longer than most tests do.

    What moto keeps is forgotten after each test; a client holds nothing of it. Who says more of
    where a client leads says nothing in its config that would matter here.
    """
    return _kept(service, None if more else config, **more)


@pytest.fixture
def context() -> Context:
    """Return an invocation's context with thirty seconds left."""
    return Context()


@pytest.fixture
def fake_clock() -> Iterator[FakeClock]:
    """Stop the clock at 2026-11-21 09:00 UTC."""
    stopped = FakeClock(NOW)
    clock.install(stopped)
    yield stopped
    clock.install(None)


@pytest.fixture
def stack(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> Iterator[Stack]:
    """Make the stack; a table on moto has its schema from template.yaml."""
    with opened_stack(monkeypatch, request.node.get_closest_marker("moto") is not None) as made:
        yield made


@contextmanager
def opened_stack(monkeypatch: pytest.MonkeyPatch, is_on_moto: bool = False) -> Iterator[Stack]:
    """Make the same for as long as it is open: for tests that look at one history together."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(boto3, "client", client)
    with mock_aws():
        made = _made()
        objects.is_open = not is_on_moto
        _messages.is_open = objects.is_open
        if not objects.is_open:
            create_table(boto3.client("dynamodb"), made.table)
        else:
            _store.open(made.table, lambda: clock.now().timestamp())
        environment = {
            "TABLE_NAME": made.table,
            "BUCKET_NAME": made.bucket,
            "BUS_NAME": made.bus,
            "EVENTS_QUEUE_URL": made.events_queue,
            "REFUNDS_QUEUE_URL": made.refunds_queue,
            "INVOICES_QUEUE_URL": made.invoices_queue,
            "SECRETS_PREFIX": "kassa",
            "STACK_NAME": "kassa",
            "MERCHANT_NAME": "Kauppa Oy",
            "PUBLIC_ADDRESS": "https://api.shop.example",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        secrets.forget()
        drawn_secrets.forget()
        aws.install({})
        yield made
    _store.close()
    objects.is_open = _messages.is_open = False
    settings.cache_clear()
    aws.install({})


def empty_table(stopped: FakeClock) -> None:
    """Begin anew within a test, at the clock's first instant: for one that plays many histories."""
    stopped.at = NOW
    _store.open("payments", lambda: clock.now().timestamp())


def _made() -> Stack:
    """Make it in moto's own backends: ten signed requests for it cost more than most tests."""
    s3_backends[ACCOUNT_ID]["aws"].create_bucket("kassa", REGION)
    events, sqs = events_backends[ACCOUNT_ID][REGION], sqs_backends[ACCOUNT_ID][REGION]
    events.create_event_bus("kassa")
    events.put_rule("all", event_bus_arn="kassa", event_pattern=json.dumps({"source": ["kassa"]}))
    target = {"Id": "published", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:published"}
    events.put_targets("all", "kassa", [target])
    for name in QUEUES:
        sqs.create_queue(name)
    keep_secret("kassa/api/stripe/main", json.dumps({"api_key": "sk_test_1", "api_base": None}))
    urls = (f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}" for name in QUEUES)
    return Stack("payments", "kassa", "kassa", *urls)


def keep_secret(name: str, value: str) -> None:
    """Put a secret where the stack's are."""
    secretsmanager_backends[ACCOUNT_ID][REGION].create_secret(
        name=name,
        secret_string=value,
        secret_binary=None,
        description=None,
        tags=None,
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
