"""`kassa report prove`: what an operator reads of a proof, and how it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra import stack as stacks
from kassa.archive.archive_facts import archive_facts
from kassa.platform import aws
from kassa.reports.build_report import build_report
from kassa.reports.report import ReportRequest
from tests.support.athena import DATABASE, QUERY_ID, WORKGROUP, FakeAthena
from tests.support.aws_stack import FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import balanced, captured
from tests.support.kept_stack import KeptScene

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "2026-11-22"
SOLD = KeptScene()


@pytest.fixture
def athena() -> FakeAthena:
    return FakeAthena()


@pytest.fixture
def shop(
    console: Console,
    stack: Stack,
    fake_clock: FakeClock,
    summary_alone: None,
    athena: FakeAthena,
    monkeypatch: pytest.MonkeyPatch,
) -> Console:
    """Return a shop with a closed day and today's, on a stack with Athena."""
    monkeypatch.setenv("COLUMNS", "80")
    fake_clock.at = NOW
    SOLD.begin(stack, sell)
    stacks.write(replace(console.operated, workgroup=WORKGROUP, database=DATABASE.title()))
    made = stacks.Stack.client

    def client(self: stacks.Stack, service: str) -> Any:
        return athena.client if service == "athena" else made(self, service)

    monkeypatch.setattr(stacks.Stack, "client", client)
    return console


def sell() -> None:
    euros, yen = (1_234_567_89, "EUR"), (5_000, "JPY")
    archive_facts([captured("pi_1", NOW - DAY, euros), captured("pi_2", NOW - DAY, yen)])
    archive_facts([balanced("txn_1", NOW - DAY, euros, 35)])
    build_report(ReportRequest(day=NAME), NOW)


def test_every_account_stands_beside_what_athena_found(shop: Console) -> None:
    result = shop.run("report", "prove", NAME)

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines[:-2])
    cells = [line.split() for line in lines]
    assert ["ledger", "customers", "EUR", "-1,234,567.89", "-1,234,567.89", "–"] in cells
    assert ["ledger", "gateway_fees", "EUR", "0.35", "0.35", "–"] in cells
    assert ["ledger", "customers", "JPY", "-5,000", "-5,000", "–"] in cells
    assert lines[-2].startswith("2 files, 0 that came later left out; query")
    assert lines[-1] == "Every account is the same to the minor unit."


def test_a_difference_is_shown_and_ends_with_one(shop: Console, stack: Stack) -> None:
    s3 = aws.client("s3")
    listed = s3.list_objects_v2(Bucket=stack.bucket, Prefix=f"facts/day={NAME}")["Contents"]
    gone = listed[0]["Key"]
    s3.delete_object(Bucket=stack.bucket, Key=gone)

    result = shop.run("report", "prove", NAME)

    assert result.exit_code == 1
    assert f"gone from the bucket: {gone}" in result.stdout
    assert "The report isn't proven: a person must look." in result.stdout


def test_programs_get_minor_units(shop: Console) -> None:
    found = shop.json("report", "prove", NAME)

    assert (found["is_proven"], found["query_id"], found["files"]) == (True, QUERY_ID, 2)
    assert {
        "journal": "ledger", "currency": "EUR", "account": "gateway_fees",
        "report_minor": 35, "athena_minor": 35, "difference_minor": 0,
    } in found["accounts"]  # fmt: skip


def test_a_database_goes_by_its_name_in_lower_case(shop: Console, athena: FakeAthena) -> None:
    shop.json("report", "prove", NAME)

    [(_, started), *_] = athena.calls
    assert started["QueryExecutionContext"] == {"Database": DATABASE}


def test_a_stack_without_athena_says_what_to_set(shop: Console) -> None:
    stacks.write(shop.operated)

    assert "AnalyticsEngine=athena" in shop.refused("report", "prove", NAME)


def test_what_is_not_closed_is_refused(shop: Console) -> None:
    assert "no report of 2026-11-23 is closed" in shop.refused("report", "prove", "2026-11-23")


def test_an_answer_that_does_not_come_is_unknown_and_no_difference(
    shop: Console, athena: FakeAthena
) -> None:
    athena.states[:] = ["RUNNING"]

    line = shop.refused("report", "prove", NAME, "--wait", "2")
    assert "unknown" in line
    assert "--wait" in line
    assert "differ" not in line
