"""A message that fails leaves why, for whoever finds it in the dead-letter queue."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from functions.archive_facts.app import lambda_handler as archive_facts
from functions.book_event.app import lambda_handler as book_event
from functions.generate_invoice.app import lambda_handler as generate_invoice
from functions.pay_refund.app import lambda_handler as pay_refund
from functions.track_order.app import lambda_handler as track_order
from kassa.platform import aws
from kassa.platform.messaging import batches, failures
from kassa.platform.messaging.failures import Failure
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed

CONSUMERS: list[Callable[..., Any]] = [
    *(archive_facts, book_event, generate_invoice, pay_refund, track_order)
]
EVENTS_DLQ, FACTS_RULE_DLQ = "EventsDeadLetterQueue", "FactsRuleDeadLetterQueue"
QUEUE = "events"  # as SQS names it in the test's stack
POISON = '{"name": "Kaisa Virtanen", "iban": "FI2112345600000785"'  # and no end
NO_FACT = json.dumps({"detail": {"metadata": "Kaisa"}})


@pytest.fixture(autouse=True)
def new_minute(fake_clock: FakeClock) -> None:
    """Begin each test in a minute of its own, as another environment would."""
    for consumer in CONSUMERS:
        sys.modules[consumer.__module__].processor._since = None


def records(*bodies: Any, attempt: int = 1, first: str = "m0") -> dict[str, Any]:
    """Return a batch as SQS hands it over, with what it says of each try."""
    event = batch(*bodies)
    for number, record in enumerate(event["Records"]):
        record["messageId"] = first if number == 0 else f"m{number}"
        record["eventSourceARN"] = f"arn:aws:sqs:eu-west-1:123456789012:{QUEUE}"
        record["attributes"] = {
            "ApproximateReceiveCount": str(attempt),
            "ApproximateFirstReceiveTimestamp": str(int(NOW.timestamp() * 1000)),
        }
    return event


def known(message_id: str = "m0") -> Failure | None:
    return failures.find(QUEUE, [message_id]).get(message_id)


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda one: one.__module__)
def test_every_consumer_of_a_queue_leaves_why_a_message_failed(
    stack: Stack, fake_clock: FakeClock, consumer: Callable[..., Any]
) -> None:
    fake_clock.at += timedelta(minutes=5)
    assert failed(consumer(records(POISON, attempt=3), Context())) == ["m0"]
    why = known()

    assert why is not None
    assert (why.queue, why.attempt, why.code_version) == (QUEUE, 3, "unbuilt")
    assert (why.first_received_at, why.last_received_at) == (NOW, fake_clock.at)
    assert why.error in {"UnreadableItem", "ValidationError", "JSONDecodeError"}
    item = json.dumps(stack.items())
    assert "Kaisa" not in item
    assert "FI21" not in item


def test_a_later_try_replaces_what_an_earlier_one_left_and_never_the_other_way(
    stack: Stack,
) -> None:
    for attempt in (1, 4, 2):
        book_event(records("not JSON", attempt=attempt), Context())

    assert known() is not None
    assert known().attempt == 4  # type: ignore[union-attr]


def test_what_is_booked_leaves_nothing(stack: Stack) -> None:
    good = s.event("charge.succeeded", s.charge(), "evt_1")

    assert failed(book_event(records(good, "not JSON"), Context())) == ["m1"]
    assert known("m0") is None
    assert known("m1") is not None


def test_a_note_ends_by_itself(stack: Stack) -> None:
    book_event(records("not JSON"), Context())
    (item,) = (one for one in stack.items() if one["SK"]["S"] == "FAILURE")

    assert int(item["expires_at"]["N"]) == int((NOW + failures.KEPT).timestamp())


class SilentTable:
    """A table that can't be reached, and how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def put_item(self, **_: Any) -> None:
        self.calls += 1
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")


def test_a_table_that_is_silent_changes_nothing_of_what_fails_and_is_read_once(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = SilentTable()
    monkeypatch.setattr(aws, "hasty_client", lambda service: table)
    good = s.event("charge.succeeded", s.charge(), "evt_1")

    answer = book_event(records("not JSON", good, "nor this", "nor that"), Context())

    assert failed(answer) == ["m0", "m2", "m3"]
    assert table.calls == 1


def test_a_mistake_in_noting_changes_nothing_of_what_fails(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "note", lambda failure: 1 / 0)

    assert failed(book_event(records("not JSON", "nor this"), Context())) == ["m0", "m1"]


def test_a_flood_of_poison_costs_no_more_than_a_minutes_share(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Failure] = []
    monkeypatch.setattr(failures, "note", noted.append)
    for _ in range(20):
        book_event(records(*(["not JSON"] * 10)), Context())
    assert len(noted) == batches.NOTED_MAX

    fake_clock.at += batches.MINUTE
    book_event(records("not JSON"), Context())
    assert len(noted) == batches.NOTED_MAX + 1


def test_an_invocation_that_ends_soon_notes_nothing(stack: Stack) -> None:
    context = Context()
    context.left_s = 4.9

    assert failed(book_event(records("not JSON"), context)) == ["m0"]
    assert known() is None


def test_a_message_without_a_queue_is_not_noted(stack: Stack) -> None:
    assert failed(book_event(batch("not JSON"), Context())) == ["m0"]
    assert not [one for one in stack.items() if one["SK"]["S"] == "FAILURE"]


def dead(console: Console, queue: str, body: str, **attributes: str) -> str:
    """Put a message on a dead-letter queue, and return its id."""
    attributes_sent = {k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()}
    sent = boto3.client("sqs").send_message(
        QueueUrl=console.operated.queues[queue], MessageBody=body, MessageAttributes=attributes_sent
    )
    return str(sent["MessageId"])


def test_a_dead_letter_says_why_which_try_and_which_code(console: Console) -> None:
    message_id = dead(console, EVENTS_DLQ, "not JSON")
    aws.install({})
    book_event(records("not JSON", attempt=10, first=message_id), Context())

    (letter,) = console.json("dlq", "show", EVENTS_DLQ)
    shown = console.run("dlq", "show", EVENTS_DLQ).stdout

    assert letter["why"]["error"] == "UnreadableItem"
    assert (letter["why"]["attempt"], letter["why"]["code_version"]) == (10, "unbuilt")
    assert letter["why"]["first_received_at"].startswith("2026-11-21T09:00:00")
    assert "UnreadableItem" in shown
    assert "10, last 2026-11-21" in shown
    assert "unbuilt" in shown


def test_a_dead_letter_of_which_nothing_is_known_says_so(console: Console) -> None:
    dead(console, EVENTS_DLQ, "not JSON")

    assert console.json("dlq", "show", EVENTS_DLQ)[0]["why"] is None
    assert "not noted" in console.run("dlq", "show", EVENTS_DLQ).stdout


def record_of(kind: str | None, message: str) -> str:
    """Return what Lambda wraps around an invocation that failed for good."""
    answer = {"errorType": kind, "errorMessage": message} if kind else None
    context = {"condition": "RetriesExhausted", "approximateInvokeCount": 3}
    return json.dumps(
        {"requestContext": context, "requestPayload": {"id": "x"}, "responsePayload": answer}
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (record_of("NotPublished", "InternalFailure"), ("NotPublished", "InternalFailure")),
        (record_of("ValueError", "Kaisa Virtanen"), ("ValueError", "RetriesExhausted")),
        (record_of(None, ""), ("RetriesExhausted", "RetriesExhausted")),
    ],
)
def test_what_a_function_failed_at_without_a_queue_is_read_from_lambdas_record(
    console: Console, body: str, why: tuple[str, str]
) -> None:
    dead(console, FACTS_RULE_DLQ, body)
    (letter,) = console.json("dlq", "show", FACTS_RULE_DLQ)

    assert (letter["why"]["error"], letter["why"]["reason"]) == why
    assert letter["why"]["attempt"] == 3
    assert "Kaisa" not in json.dumps(letter)


def test_what_a_rule_couldnt_hand_over_says_what_eventbridge_says(console: Console) -> None:
    attributes = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "no permission on the queue"}
    dead(console, FACTS_RULE_DLQ, NO_FACT, RETRY_ATTEMPTS="2", **attributes)
    (letter,) = console.json("dlq", "show", FACTS_RULE_DLQ)

    assert (letter["why"]["error"], letter["why"]["attempt"]) == ("NO_PERMISSIONS", 3)
    assert letter["why"]["reason"] == "no permission on the queue"
