"""Athena: a query over the archive's table of facts, started, awaited for a bounded time and read.

Whoever calls brings the client, with rights of its own: no function of Kassa's has any to it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from kassa.core.errors import KassaError
from kassa.platform import clock

POLL_S = 0.5
SQL_MAX = 262_144  # bytes that Athena takes of one query
_OVER = ("FAILED", "CANCELLED")


class QueryFailed(KassaError):
    """Athena gave a query up; the message says why, and nothing is known by it."""


class QueryUnanswered(KassaError):
    """Athena didn't answer in time, and the query was stopped; nothing is known, try again."""


class Athena(NamedTuple):
    """Where queries run, and for how long they are awaited."""

    client: Any
    workgroup: str
    database: str
    wait_s: float

    def answer(self, sql: str) -> "Answer":
        """Run a query and return what it found.

        Raises QueryFailed where Athena gave it up, and QueryUnanswered, once it is stopped, where
        that takes too long.
        """
        if len(sql.encode()) > SQL_MAX:
            raise QueryFailed(
                "unknown: the query names more files than Athena takes, so nothing was asked"
            )
        started = self.client.start_query_execution(
            QueryString=sql,
            WorkGroup=self.workgroup,
            QueryExecutionContext={"Database": self.database},
        )
        query_id = started["QueryExecutionId"]
        scanned = self._over(query_id).get("Statistics", {}).get("DataScannedInBytes", 0)
        return Answer(query_id, scanned, tuple(self._rows(query_id)))

    def _over(self, query_id: str) -> dict[str, Any]:
        """Wait until a query has succeeded, and return what is known of it."""
        ends_at = clock.now() + timedelta(seconds=self.wait_s)
        while True:
            found = self.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            status: dict[str, Any] = found["Status"]
            if status["State"] == "SUCCEEDED":
                return dict(found)
            if status["State"] in _OVER:
                reason = status.get("StateChangeReason") or "it gave no reason"
                raise QueryFailed(f"unknown: Athena gave up query {query_id}: {reason}")
            if clock.now() >= ends_at:
                self.client.stop_query_execution(QueryExecutionId=query_id)
                raise QueryUnanswered(
                    f"unknown: Athena didn't answer query {query_id} within {self.wait_s:g} s, and"
                    " it was stopped; try again, or give it more with --wait"
                )
            clock.sleep(POLL_S)

    def _rows(self, query_id: str) -> Iterator[tuple[str | None, ...]]:
        """Yield the rows of a query that selects: Athena's first row is their heads."""
        pages = self.client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
        rows = (row for page in pages for row in page["ResultSet"]["Rows"])
        next(rows, None)
        for row in rows:
            yield tuple(cell.get("VarCharValue") for cell in row["Data"])


class Answer(NamedTuple):
    """What a query found."""

    query_id: str
    scanned_bytes: int
    rows: tuple[tuple[str | None, ...], ...]
