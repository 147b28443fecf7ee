"""What the raw archive holds is enough to rebuild the books, equal by hash, publishing nothing."""

import json
from typing import Any

import boto3
import pytest

from functions.book_event.app import lambda_handler
from functions.generate_invoice.app import lambda_handler as generate_invoice
from kassa.gateways import http
from kassa.ledger import raw_archive as archive
from kassa.platform import aws, table
from kassa.recovery import digest_store as book_digests
from tests.support import stripe_events as s
from tests.support.aws_stack import Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, run, scene_of
from tests.support.gateway_stage import on_stage
from tests.support.local_table import create_table
from tests.support.queue_batches import CAPTURED, REFUNDED_10, SETTLED, SUCCEEDED, batch
from tests.support.recovery import rebuild, restored

REBUILT = ("all of it", "a refund fails and is made again", "a capture is disproved")


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_rebuilt_table_equals_the_old_by_hash_at_every_gateway(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(gateway, fake_clock)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        for name in REBUILT:
            if not SCENARIOS[name].needs - scene.can:
                run(stage, SCENARIOS[name])
        stack.published()

        restored(stack, monkeypatch)
        assert book_digests.digest("restored").events == 0
        assert rebuild() == []

        old, new = book_digests.digest("payments"), book_digests.digest("restored")
        assert old.events >= 5
        assert new == old
        assert new.sha256 == old.sha256
        assert stack.published() == []


def test_a_second_rebuild_changes_nothing(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in (REFUNDED_10, CAPTURED, CAPTURED, SUCCEEDED, SETTLED):
        lambda_handler(batch(body), context)
    restored(stack, monkeypatch)
    rebuild()
    once = items_of("restored")

    assert rebuild() == []
    assert items_of("restored") == once
    assert book_digests.digest("restored") == book_digests.digest("payments")


def test_events_keep_the_time_of_their_archiving(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    lambda_handler(batch(CAPTURED), context)
    [one] = [one for day in archive.days() for one in archive.batches(day)]
    restored(stack, monkeypatch)
    rebuild()

    [event] = [item for item in items_of("restored") if item["SK"] == "EVENT#evt_1"]
    assert event["booked_at"][:19] == one.archived_at.isoformat()[:19]
    assert event["raw"] == f"{one.key}#0"


def test_what_could_not_be_booked_is_named_and_stops_nothing(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    lambda_handler(batch("{not JSON", CAPTURED), context)
    restored(stack, monkeypatch)

    [line] = rebuild()
    assert line.endswith("#0: UnreadableItem")
    assert book_digests.digest("restored").events == 1


def test_a_digest_sees_every_kind_of_change(stack: Stack, context: Context) -> None:
    lambda_handler(batch(CAPTURED), context)
    whole = book_digests.digest(stack.table)
    changes = {
        "EVENT#evt_1": {"reading": "{}"},
        "STATE": {"headroom": 1},
    }
    for sort, changed in changes.items():
        [before] = [item for item in items_of(stack.table) if item["SK"] == sort]
        put(stack.table, before | changed)
        assert book_digests.digest(stack.table).sha256 != whole.sha256
        put(stack.table, before)
    [event] = [item for item in items_of(stack.table) if item["SK"] == "EVENT#evt_1"]
    put(stack.table, event | {"facts": event["facts"].replace("10000", "1")})
    assert book_digests.digest(stack.table).sha256 != whole.sha256
    put(stack.table, event | {"booked_at": "2020-01-01T00:00:00Z", "version": 9, "raw": "raw/a#1"})
    assert book_digests.digest(stack.table) == whole


def items_of(name: str) -> list[dict[str, Any]]:
    found = aws.client("dynamodb").scan(TableName=name)["Items"]
    return sorted(map(table.plain, found), key=lambda item: (item["PK"], item["SK"]))


def put(name: str, item: dict[str, Any]) -> None:
    aws.client("dynamodb").put_item(TableName=name, Item=table.typed(item))


def test_the_command_books_what_is_missing_and_says_how_much(console: Console) -> None:
    console.book(CAPTURED, SUCCEEDED)
    console.book(REFUNDED_10)
    create_table(boto3.client("dynamodb"), "restored")

    result = console.run("rebuild", "--table", "restored", input="restored\n")
    assert result.exit_code == 0, result.output
    assert "2 batches of 20" in result.stdout
    assert "3 events were missing and are booked, 0 deliveries" in result.stdout
    again = console.json("rebuild", "--table", "restored", "--yes")
    assert again == {"booked": 0, "repeated": 3, "failed": [], "invoices": [], "held_again": []}
    assert console.run("digest", "--against", "restored").exit_code == 0


def test_no_gateway_is_called_unless_that_is_requested(
    console: Console, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of("klarna", fake_clock)
    with on_stage(console.made, fake_clock, scene, monkeypatch) as stage:
        run(stage, SCENARIOS["pay"])
    create_table(boto3.client("dynamodb"), "restored")

    result = console.json("rebuild", "--table", "restored", "--yes")
    assert {line.rpartition(": ")[2] for line in result["failed"]} == {"GatewayUnavailable"}
    shown = console.run("rebuild", "--table", "restored", "--yes").stdout
    assert "need their gateway's answer" in shown

    monkeypatch.setenv("GATEWAY_ACCOUNTS", "klarna/main")
    http.install(scene.transport)
    result = console.json("rebuild", "--table", "restored", "--yes", "--look-up")
    http.install(None)
    assert result["failed"] == []
    assert book_digests.digest("restored").events == book_digests.digest("payments").events


def test_nothing_is_booked_into_a_table_that_nobody_named(console: Console) -> None:
    console.book(CAPTURED)
    create_table(boto3.client("dynamodb"), "restored")

    assert console.run("rebuild", "--table", "restored", input="payments\n").exit_code == 1
    assert items_of("restored") == []
    result = console.json_of(1, "digest", "--against", "restored")
    assert result["differing"] == ["ALIAS#stripe#main#ch_1", "PAYMENT#stripe#main#pi_1"]


def test_lost_invoices_come_back_from_their_records(
    console: Console, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.book(CAPTURED, s.event("charge.succeeded", s.charge("ch_2", "pi_2"), "evt_9"))
    facts = [json.dumps(result) for result in stack.published()]
    for number, fact in enumerate(facts):
        record = {
            "messageId": f"m{number}",
            "body": fact,
            "eventSource": "aws:sqs",
            "attributes": {},
        }
        assert generate_invoice({"Records": [record]}, Context()) == {"batchItemFailures": []}
    before = [
        item for item in items_of(stack.table) if "INVOICE" in item["SK"] or "SERIES" in item["SK"]
    ]
    restored(stack, monkeypatch, lost=("INVOICE", "SERIES"))

    result = console.json("rebuild", "--table", "restored", "--yes")
    assert result["invoices"] == ["2026-00000001", "2026-00000002"]
    after = [
        item for item in items_of("restored") if "INVOICE" in item["SK"] or "SERIES" in item["SK"]
    ]
    volatile = ("document_key", "document_sha256")  # noted again when the fact comes again
    assert after == [{k: v for k, v in item.items() if k not in volatile} for item in before]
    assert console.json("rebuild", "--table", "restored", "--yes")["invoices"] == []


def test_a_number_that_was_given_twice_is_reported(console: Console, stack: Stack) -> None:
    console.book(CAPTURED)
    [fact] = [json.dumps(result) for result in stack.published()]
    record = {"messageId": "m", "body": fact, "eventSource": "aws:sqs", "attributes": {}}
    generate_invoice({"Records": [record]}, Context())
    [invoice] = [item for item in items_of(stack.table) if item["SK"] == "INVOICE"]
    other = str(invoice["entry"]).replace("pi_1:ch_1:captured:10000", "pi_3:ch_3:captured:1")
    put(stack.table, invoice | {"fact_id": "pi_3:ch_3:captured:1", "entry": other})

    line = console.refused("rebuild", "--yes")
    assert line == "kassa: invoice 2026-00000001 was given twice: pi_1:ch_1:captured:10000"
