"""Measures the daily report of a large day beside the bare DuckDB queries for the same figures.

Both run as whole processes over the same Parquet files. Ours goes through the deployed function's
own handler, with a folder in the bucket's place: listing, fetching, digests, manifest, claim,
figures and documents all count.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.row import Row

PAYMENTS = int(os.environ.get("BENCH_REPORT_PAYMENTS", "1_000_000"))
ROOT = Path(__file__).parents[1]


def measure() -> list[Row]:
    """Return CPU as a ratio and the peak of memory; each the least of three runs."""
    with tempfile.TemporaryDirectory() as folder:
        _run("archive", folder, str(PAYMENTS))
        turns = [
            (_run("ours", folder), _run("bare", folder), _run("scan", folder)) for _ in range(3)
        ]
    ours, bare, scan = (min(each["cpu_s"] for each in runs) for runs in zip(*turns, strict=True))
    peak, peak_bare, peak_scan = (
        min(each["peak_mib"] for each in runs) for runs in zip(*turns, strict=True)
    )
    if any(run["gross"] != turns[0][1]["gross"] for turn in turns for run in turn[:2]):
        raise AssertionError("the report and the bare queries disagree")
    name = f"report over {PAYMENTS:,} payments"
    return [
        Row(f"{name}: CPU, × bare DuckDB queries", ours / bare, "×", 2.0, scan / bare),
        Row(f"{name}: peak memory", peak, "MiB", 200.0, peak_scan),
        Row(f"{name}: peak memory of the bare queries", peak_bare, "MiB"),
    ]


def _run(program: str, *arguments: str) -> dict[str, float]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "layers" / "common")))
    answer = subprocess.run(
        [sys.executable, "-m", f"bench.reporting.{program}", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return measured


if __name__ == "__main__":
    for row in measure():
        print(row)
