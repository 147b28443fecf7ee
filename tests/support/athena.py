"""Athena for tests: botocore's own client, behind which DuckDB reads the bucket's small files.

Calls are held against botocore's model of the service. The table is what the template says of it:
files in `facts/day=…/` alone, the day from their path, and the hidden column "$path".
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import boto3
import duckdb

from kassa.archive.runs import PREFIX, sizes
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.proof.athena import Athena
from tests.support.aws_stack import REGION

QUERY_ID = "5a1d2c3b-0000-4000-8000-000000000001"
WORKGROUP, DATABASE = "kassa", "kassa"
OK = SimpleNamespace(status_code=200)


class FakeAthena:
    """Answers as Athena does; what it was asked for stands in `calls`."""

    def __init__(self, states: tuple[str, ...] = ("QUEUED", "RUNNING", "SUCCEEDED")) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.reason = ""
        self.states, self._rows = list(states), list[tuple[Any, ...]]()
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._look,
            "GetQueryResults": self._read,
            "StopQueryExecution": lambda _: {},
        }
        self.client = boto3.Session("a", "b").client("athena", region_name=REGION)

        def answer(model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
            given = json.loads(params["body"])
            self.calls.append((model.name, given))
            return OK, answers[model.name](given)

        self.client.meta.events.register("before-call.athena", answer)

    def of(self, wait_s: float = 60) -> Athena:
        """Return what an operation is given."""
        return Athena(self.client, WORKGROUP, DATABASE, wait_s)

    def _start(self, given: dict[str, Any]) -> dict[str, Any]:
        self._rows = run(given["QueryString"])
        return {"QueryExecutionId": QUERY_ID}

    def _look(self, _: dict[str, Any]) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        status = {"State": state, "StateChangeReason": self.reason}
        statistics = {"DataScannedInBytes": 12_345}
        return {"QueryExecution": {"Status": status, "Statistics": statistics}}

    def _read(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return two rows a page; the first one's first row is the heads."""
        rows = [("currency", "kind", "account", "amount_minor"), *self._rows]
        start = int(given.get("NextToken", 0))
        page = [
            {"Data": [{} if value is None else {"VarCharValue": str(value)} for value in row]}
            for row in rows[start : start + 2]
        ]
        more = {"NextToken": str(start + 2)} if start + 2 < len(rows) else {}
        return {"ResultSet": {"Rows": page}, **more}


def run(sql: str) -> list[tuple[Any, ...]]:
    """Run a query as it is over the bucket's small files, in a time zone far from UTC."""
    bucket = settings().bucket_name
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Pacific/Auckland'")
        parts = []
        for key, _ in sizes(PREFIX):
            path = Path(folder, key.replace("/", "_"))
            path.write_bytes(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
            day = key[len(PREFIX) :][:10]
            parts.append(
                f"""SELECT *, '{day}' AS day, 's3://{bucket}/{key}' AS "$path" """
                f"FROM read_parquet('{path}')"
            )
        connection.execute(f"CREATE VIEW facts AS {' UNION ALL BY NAME '.join(parts)}")
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return found
