"""What a day's report reads of its facts, counted by DuckDB's own plans: no clock is asked."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from functions.build_report.app import lambda_handler
from kassa.archive import warehouse
from kassa.archive.archive_facts import archive_facts
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import balanced, captured, failed

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = {"day": "2026-11-21"}
SCANS_MAX = 25  # of the day's files by all of its reports: a new query should take another's place
POSTINGS_MAX = 2  # of them read postings, which cost as much as all other columns together


class Explained:
    """A connection that has each statement explained before it is run."""

    def __init__(self, connection: Any, plans: list[str]) -> None:
        self._connection, self._plans = connection, plans

    def execute(self, sql: str, *parameters: Any) -> Any:
        """Run a query, or several, each explained as it will be run."""
        if parameters:
            return self._connection.execute(sql, *parameters)
        for statement in duckdb.extract_statements(sql):
            if statement.type.name in ("SELECT", "CREATE", "COPY"):
                explain = f"EXPLAIN (FORMAT json) {statement.query}"
                [(_, plan)] = self._connection.execute(explain).fetchall()
                self._plans.append(plan)
            found = self._connection.execute(statement)
        return found

    def __enter__(self) -> "Explained":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the plans of all queries that are run."""
    found: list[str] = []
    monkeypatch.setattr(warehouse, "HELD_BYTES", 0)  # as large days are read
    connected: Callable[[], Any] = warehouse.connected
    monkeypatch.setattr(warehouse, "connected", lambda: Explained(connected(), found))
    return found


def scans_of(operators: list[Any]) -> Iterator[list[str]]:
    """Yield the columns of each scan of Parquet files below some operators of a plan."""
    for operator in operators:
        if operator["name"] == "READ_PARQUET":
            yield operator["extra_info"].get("Projections", [])
        yield from scans_of(operator["children"])


def test_a_days_reports_read_its_facts_no_more_often_than_they_did(
    stack: Stack, fake_clock: FakeClock, context: Context, plans: list[str]
) -> None:
    facts = [
        captured("pi_1", NOON, (1_000, "EUR")),
        failed("pi_2", NOON, (700, "EUR"), "card_declined", 1),
        balanced("txn_1", NOON, (1_000, "EUR"), 30),
    ]
    archive_facts(facts)
    plans.clear()
    fake_clock.at = NOON + timedelta(days=1)
    lambda_handler(DAY, context)

    scans = [scan for plan in plans for scan in scans_of(json.loads(plan))]
    assert 0 < len(scans) <= SCANS_MAX
    assert 0 < sum("postings" in columns for columns in scans) <= POSTINGS_MAX
