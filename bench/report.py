"""Measures the daily report of a large day beside the bare DuckDB queries for the same figures.

Both run as whole processes over the same Parquet files. Ours goes through the deployed function's
own handler, with a folder in the bucket's place: listing, fetching, digests, manifest, claim,
figures and documents all count.
"""

import os
import tempfile

from bench.programs import run
from bench.row import Row

PAYMENTS = int(os.environ.get("BENCH_REPORT_PAYMENTS", "1_000_000"))


def measure() -> list[Row]:
    """Return CPU as a ratio and the peak of memory; each the least of three runs."""
    with tempfile.TemporaryDirectory() as folder:
        run("reporting.archive", folder, str(PAYMENTS))
        turns = [
            (
                run("reporting.ours", folder),
                run("reporting.bare", folder),
                run("reporting.scan", folder),
            )
            for _ in range(3)
        ]
    ours, bare, scan = (min(each["cpu_s"] for each in runs) for runs in zip(*turns, strict=True))
    peak, peak_bare, peak_scan = (
        min(each["peak_mib"] for each in runs) for runs in zip(*turns, strict=True)
    )
    if any(each["gross"] != turns[0][1]["gross"] for turn in turns for each in turn[:2]):
        raise AssertionError("the report and the bare queries disagree")
    name = f"report over {PAYMENTS:,} payments"
    return [
        Row(f"{name}: CPU, × bare DuckDB queries", ours / bare, "×", 2.0, scan / bare),
        Row(f"{name}: peak memory", peak, "MiB", 200.0, peak_scan),
        Row(f"{name}: peak memory of the bare queries", peak_bare, "MiB"),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)
