"""A year's totals out of rollups, with a folder in the bucket's place."""

import hashlib
import json
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.reporting.measured import peak_kib
from bench.reporting.ours import Bucket, Table
from bench.reporting.year import DAYS, FIRST


def main(folder: str, way: str) -> None:
    """Read the whole year, then the same less its last day, whose month goes by days."""
    os.environ |= {"TABLE_NAME": "t", "BUCKET_NAME": "b"}
    from kassa.archive import rollups
    from kassa.platform import aws

    aws.install({"s3": Bucket(folder), "dynamodb": Runs(folder)})
    _place_months(Path(folder))
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    named = rollups.named_by_month if way == "months" else rollups.named
    taken, found = _timed(lambda: _read(named(days)))
    part_s, _ = _timed(lambda: _read(named(days[:-1])))
    gross: Counter[str] = Counter()
    for row in found:
        gross[row.currency] += row.amount_minor if row.kind == "capture" else 0
    measured = {"s": taken, "part_s": part_s, "files": DAYS, "rows": _rows(folder)}
    print(json.dumps({**measured, "peak_mib": peak_kib() / 1024, "gross": dict(gross)}))


class Runs(Table):
    """A table that holds the run of each day."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Find the runs of days, made of the files there are."""
        found = {
            table: [self._run(key) for key in asked["Keys"]]
            for table, asked in RequestItems.items()
        }
        return {"Responses": found}

    def _run(self, key: dict[str, Any]) -> dict[str, Any]:
        from kassa.platform import table

        day = date.fromisoformat(key["PK"]["S"].rpartition("#")[2])
        path = self._folder / f"reports/main/daily/{day}/rollup.parquet"
        body = path.read_bytes()
        rollup = {
            "key": str(path.relative_to(self._folder)),
            "sha256": hashlib.sha256(body).hexdigest(),
            "size": len(body),
        }
        run = {"merchant_id": "main", "day": str(day), "manifest_key": "m", "rollup": rollup}
        return {**key, **table.typed(run)}


def _read(files: Any) -> Any:
    from kassa.archive import rollups
    from kassa.archive.files import FactFolder

    with tempfile.TemporaryDirectory() as path:
        return rollups.read(FactFolder(Path(path)), files, by=())


def _place_months(folder: Path) -> None:
    for path in folder.glob("months/*.parquet"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        to = folder / f"reports/main/rollups/{path.stem}/{digest}.parquet"
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)


def _timed(read: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = read()
    return time.perf_counter() - begun, found


def _rows(folder: str) -> int:
    import duckdb

    query = "SELECT count(*) FROM read_parquet($files)"
    files = f"{folder}/reports/main/daily/*/rollup.parquet"
    [(count,)] = duckdb.execute(query, {"files": files}).fetchall()
    return int(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
