"""watch_gateways goes on: what stops one account, payment or part stops none of the others."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.book_event.app import lambda_handler as book_handler
from functions.watch_gateways.app import lambda_handler
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.events import Delivery
from kassa.intake import deliveries
from kassa.monitoring import watch_gateways
from kassa.platform import aws, secrets
from kassa.platform.settings import settings
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, REGION, Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed
from tests.support.stripe_server import StripeBooks, running

PULLABLE = int(NOW.timestamp()) - 360
KI_B = 1024


@pytest.fixture
def stripe_books(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeBooks]:
    books = StripeBooks()
    with running(books) as address:
        access = {"api_key": "sk_test_1", "api_base": address, "mode": "test"}
        aws.client("secretsmanager").put_secret_value(
            SecretId="kassa/api/stripe/main", SecretString=json.dumps(access)
        )
        secrets.forget()
        monkeypatch.setenv("GATEWAY_ACCOUNTS", "stripe/bad,stripe/main")
        settings.cache_clear()
        yield books
    secrets.forget()


def transactions(count: int, description: str = "") -> list[dict[str, Any]]:
    return [
        s.balance_transaction(f"txn_{n}", s.charge(f"ch_{n}"), created=PULLABLE)
        | {"description": description}
        for n in range(count)
    ]


def delivery(size: int, name: str = "evt") -> Delivery:
    body = name.encode() + b"x" * (size - len(name))
    return Delivery(
        gateway="stripe",
        account="main",
        merchant_id="main",
        mode="test",
        received_at=NOW,
        body_base64=base64.b64encode(body).decode(),
    )


def taken(stack: Stack) -> list[Delivery]:
    """Take every message off EventsQueue."""
    client, found = aws.client("sqs"), list[Delivery]()
    while messages := client.receive_message(
        QueueUrl=stack.events_queue, MaxNumberOfMessages=10
    ).get("Messages"):
        for one in messages:
            found.append(Delivery.model_validate_json(one["Body"]))
            client.delete_message(QueueUrl=stack.events_queue, ReceiptHandle=one["ReceiptHandle"])
    return found


def failures(capsys: pytest.CaptureFixture[str]) -> int:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return sum(len(line["WatchFailed"]) for line in lines if "WatchFailed" in line)


BAD_SECRETS = [
    "not json at all",
    "[]",
    '"words"',
    "{}",
    '{"api_key": 7}',
    '{"whsec_misplaced": "whsec_secret"}',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", BAD_SECRETS, ids=range(len(BAD_SECRETS)))
def test_a_secret_that_can_not_be_read_stops_its_own_account_alone(
    text: str,
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    capsys: pytest.CaptureFixture[str],
) -> None:
    boto3.client("secretsmanager").create_secret(Name="kassa/api/stripe/bad", SecretString=text)
    stripe_books.balance = transactions(2)

    assert lambda_handler({}, context)["pulled"] == 2
    assert failures(capsys) == 1


def test_ten_pulled_events_of_eighty_kilobytes_are_queued_in_calls_that_hold_them(
    stack: Stack, stripe_books: StripeBooks, context: Context
) -> None:
    stripe_books.balance = transactions(10, "x" * 80 * KI_B)

    assert lambda_handler({}, context)["pulled"] == 10
    assert len(taken(stack)) == 10
    assert lambda_handler({}, context)["pulled"] == 0


@pytest.mark.parametrize("size", [1, 79 * KI_B, 180 * KI_B, 180 * KI_B + 1, 700 * KI_B])
def test_bodies_of_any_size_reach_the_queue_whole(stack: Stack, size: int) -> None:
    sent = [delivery(size, f"evt_{n}") for n in range(3)]
    assert deliveries.queue_deliveries(sent) == 3

    got = taken(stack)
    stored = boto3.client("s3", region_name=REGION)
    bodies = {
        stored.get_object(Bucket=stack.bucket, Key=one.body_key)["Body"].read()
        if one.body_key
        else base64.b64decode(one.body_base64)
        for one in got
    }
    assert bodies == {base64.b64decode(one.body_base64) for one in sent}
    assert all(bool(one.body_key) == (size > 180 * KI_B) for one in got)


PARTS = {
    "watch_checkouts": "resolved",
    "queue_entries": "entered",
    "watch_disputes": "disputes",
    "enqueue_due_refunds": "enqueued",
    "look_up_waiting": "looked_up",
    "queue_unfinished": "unfinished",
    "watch_silence": "silent",
    "close_audit_days": "audit_days",
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_fails_keeps_no_other_from_running(
    part: str,
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run: list[str] = []

    def counted(name: str) -> Any:
        def work(*_: Any) -> int:
            run.append(name)
            if name == part:
                raise RuntimeError("a fault of our own")
            return 1

        return work

    for name in PARTS:
        monkeypatch.setattr(watch_gateways, name, counted(name))
    stripe_books.balance = transactions(1)
    done = lambda_handler({}, context)

    assert sorted(run) == sorted(PARTS)
    assert done == dict.fromkeys(PARTS.values(), 1) | {PARTS[part]: 0, "pulled": 1, "imported": 0}
    assert failures(capsys) == 1


def test_a_payment_that_can_not_be_looked_up_is_tried_again_and_hides_no_other(
    stack: Stack,
    stripe_books: StripeBooks,
    context: Context,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kassa.gateways import dispatch as calls

    for name in ("1", "2"):
        refund = s.refund(f"re_{name}") | {"payment_intent": f"pi_{name}", "charge": f"ch_{name}"}
        event = s.event("refund.created", refund, f"evt_{name}")
        assert failed(book_handler(batch(event), context)) == []
    looked_up: list[str] = []

    def look_up(payment: Any) -> list[bytes]:
        looked_up.append(payment.subject_id)
        if payment.subject_id == "pi_1" and len(looked_up) < 3:
            raise RuntimeError("a fault of our own")
        if payment.subject_id == "pi_1" and len(looked_up) < 5:
            raise GatewayUnavailable("no answer")
        return [b"{}"]

    monkeypatch.setattr(calls, "look_up", look_up)
    counts = []
    for _ in range(4):
        fake_clock.at += timedelta(minutes=6)
        counts.append(lambda_handler({}, context)["looked_up"])
    assert counts == [1, 1, 2, 0]  # whatever stopped one, the round is done again until it didn't
