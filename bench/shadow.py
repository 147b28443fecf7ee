"""Measures a shadow run over a million past requests beside a loop written by hand.

Both run as whole processes over the same Parquet files, made up in the archive's own columns. How
long a run takes depends on the machine and is only told; what is held is the ratio.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.row import Row

REQUESTS = int(os.environ.get("BENCH_SHADOW_REQUESTS", "1_000_000"))
LAST_DAY = "2026-11-20"
ROOT = Path(__file__).parents[1]


def measure() -> list[Row]:
    """Return CPU as a ratio, the peak of memory and the seconds on the clock."""
    with tempfile.TemporaryDirectory() as folder:
        history = f"{folder}/history"
        _run("history", history, LAST_DAY, str(REQUESTS))
        began = time.monotonic()
        ours = _run("ours", history, LAST_DAY)
        took_s = time.monotonic() - began
        bare = _run("bare", history, LAST_DAY)
    if REQUESTS < 100_000 and ours["gross"] != bare["gross"]:
        raise AssertionError("the shadow run and the bare loop disagree")
    name = f"shadow run over {REQUESTS:,} requests"
    return [
        Row(f"{name}: CPU, × hand-written loop", ours["cpu_s"] / bare["cpu_s"], "×", 3.0, 1.0),
        Row(f"{name}: peak memory", ours["peak_mib"], "MiB", 250.0, bare["peak_mib"]),
        Row(f"{name}: on the clock", took_s, "s"),
    ]


def _run(program: str, *arguments: str) -> dict[str, float]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "layers" / "common")))
    answer = subprocess.run(
        [sys.executable, "-m", f"bench.shadowing.{program}", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    lines = answer.stdout.splitlines()
    measured: dict[str, float] = json.loads(lines[-1]) if lines else {}
    return measured


if __name__ == "__main__":
    for row in measure():
        print(row)
