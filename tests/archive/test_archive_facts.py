"""Archiving facts: what stands on the queue ends up in Parquet, once, by UTC day of booking."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import ClientError

from functions.archive_facts.app import lambda_handler
from kassa.archive import warehouse
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from tests.support.aws_stack import Context, Stack
from tests.support.facts import balanced, captured, failed, moved

MORNING = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 21, 23, 59, 59, 999999, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)

CAPTURED = captured("pi_1", MORNING, (50_00, "EUR"), order_id="order_1", customer_id="cus_1")
REFUNDED = moved("RefundSucceeded", "pi_1", LATE, (10_00, "EUR"), PostingKind.REFUND)
SETTLED = balanced("txn_1", MIDNIGHT, (50_00, "EUR"), 1_75)
FAILED = failed("pi_2", MORNING, (7_000, "JPY"), "card_declined", 1)


def batch(*bodies: AnyFact | str) -> dict[str, Any]:
    """Return what Lambda gets from FactsQueue; a fact comes in EventBridge's envelope."""
    return {"Records": [_record(n, body) for n, body in enumerate(bodies)]}


def _record(n: int, body: AnyFact | str) -> dict[str, Any]:
    if isinstance(body, AnyFact):
        detail = body.model_dump(mode="json")
        body = json.dumps(
            {"source": "kassa", "detail-type": detail["data"]["fact"], "detail": detail}
        )
    return {"messageId": f"message-{n}", "receiptHandle": "r", "body": body, "attributes": {}}


def files(stack: Stack) -> dict[str, bytes]:
    """Return every archived file."""
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket=stack.bucket, Prefix="facts/").get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=stack.bucket, Key=each["Key"])["Body"].read()
        for each in listed
    }


def rows(folder: Path, files: dict[str, bytes], columns: str) -> list[tuple[Any, ...]]:
    """Read columns of the archived files back."""
    for name, body in files.items():
        (folder / name.replace("/", "_")).write_bytes(body)
    query = f"SELECT {columns} FROM read_parquet('{folder}/*.parquet') ORDER BY fact_id"
    found: list[tuple[Any, ...]] = duckdb.connect().execute(query).fetchall()
    return found


def test_a_batch_becomes_one_file_for_each_utc_day_of_booking(
    stack: Stack, context: Context
) -> None:
    assert lambda_handler(batch(CAPTURED, REFUNDED, SETTLED, FAILED), context) == {
        "batchItemFailures": []
    }
    assert [key.split("/")[1] for key in files(stack)] == ["day=2026-11-21", "day=2026-11-22"]


def test_every_column_reads_back_as_it_was_published(
    stack: Stack, context: Context, tmp_path: Path
) -> None:
    lambda_handler(batch(CAPTURED, SETTLED), context)

    [capture, settlement] = rows(
        tmp_path,
        files(stack),
        "fact, event_id, subject_id, object_id, version, epoch_us(booked_at), currency,"
        " amount_minor, method, order_id, customer_id, moves, gross_minor, gross_currency,"
        " fee_minor, len(postings), postings[1].source, postings[-1].amount_minor",
    )
    assert capture[:5] == ("PaymentCaptured", "evt_ch_pi_1_PaymentCaptured", "pi_1", "ch_pi_1", 1)
    assert capture[5] == int(MORNING.timestamp()) * 1_000_000
    assert capture[6:11] == ("EUR", 50_00, "card", "order_1", "cus_1")
    assert capture[11:] == (None, None, None, None, 1, "customers", 50_00)
    assert settlement[11:15] == ("charge", 50_00, "EUR", 1_75)
    assert settlement[15:] == (2, "gateway_clearing", 1_75)


def test_a_redelivered_batch_lands_on_its_own_file(stack: Stack, context: Context) -> None:
    lambda_handler(batch(CAPTURED, REFUNDED), context)
    before = files(stack)

    lambda_handler(batch(REFUNDED, CAPTURED, CAPTURED), context)
    assert files(stack) == before
    assert len(before) == 1


def test_the_same_facts_give_the_same_bytes() -> None:
    assert warehouse.to_parquet([CAPTURED, FAILED]) == warehouse.to_parquet([CAPTURED, FAILED])


@pytest.mark.parametrize(
    "broken", ["not json", "{}", json.dumps({"detail": {"metadata": {}, "data": {"fact": "?"}}})]
)
def test_a_record_that_is_no_fact_fails_alone(
    stack: Stack, context: Context, broken: str, tmp_path: Path
) -> None:
    answer = lambda_handler(batch(CAPTURED, broken, REFUNDED), context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    archived = rows(tmp_path, files(stack), "fact")
    assert archived == [("PaymentCaptured",), ("RefundSucceeded",)]


def test_a_batch_of_nothing_but_broken_records_fails_record_by_record(
    stack: Stack, context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = lambda_handler(batch("x", "y"), context)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["RecordFailed"] for one in lines if "RecordFailed" in one] == [[1.0, 1.0]]
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == [
        "message-0",
        "message-1",
    ]
    assert files(stack) == {}


def test_a_bucket_that_takes_nothing_brings_the_whole_batch_back(
    stack: Stack, context: Context
) -> None:
    class NoBucket:
        def put_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "SlowDown", "Message": ""}}, "PutObject")

    aws.install({"s3": NoBucket()})
    with pytest.raises(ClientError, match="SlowDown"):
        lambda_handler(batch(CAPTURED), context)
