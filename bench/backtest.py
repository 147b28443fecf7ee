"""Measures a backtest over a million past requests beside a loop written by hand.

Both run as whole processes over the same Parquet files, made up in the archive's own columns. How
long a run takes depends on the machine and is only told; what is held is the ratio.
"""

import os
import tempfile
import time

from bench.programs import run
from bench.row import Row

REQUESTS = int(os.environ.get("BENCH_SHADOW_REQUESTS", "1_000_000"))
LAST_DAY = "2026-11-20"


def measure() -> list[Row]:
    """Return CPU as a ratio, the peak of memory and the seconds on the clock."""
    with tempfile.TemporaryDirectory() as folder:
        history = f"{folder}/history"
        run("backtesting.history", history, LAST_DAY, str(REQUESTS))
        began = time.monotonic()
        ours = run("backtesting.ours", history, LAST_DAY)
        took_s = time.monotonic() - began
        bare = run("backtesting.bare", history, LAST_DAY)
    if REQUESTS < 100_000 and ours["gross"] != bare["gross"]:
        raise AssertionError("the backtest and the bare loop disagree")
    name = f"backtest over {REQUESTS:,} requests"
    return [
        Row(f"{name}: CPU, × hand-written loop", ours["cpu_s"] / bare["cpu_s"], "×", 3.0, 1.0),
        Row(f"{name}: peak memory", ours["peak_mib"], "MiB", 250.0, bare["peak_mib"]),
        Row(f"{name}: on the clock", took_s, "s"),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)
