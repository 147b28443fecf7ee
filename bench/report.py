"""Measures the reports of days that grow, beside a bare scan and bare DuckDB queries.

All run over the same Parquet files. Ours goes through the deployed function's own handler, with a
folder in the bucket's place: listing, fetching, digests, manifest, claim and all reports of the day
with their documents and what is kept for later ones. Beside the whole process stands each report by
itself, with a scan of the columns that it needs; choosing and counting, which all share, are a line
of their own. The bare queries ask for the summary alone, the frames for its gross. Ten million
payments are for a night and 8 GB of disk, so they are asked for:
`BENCH_REPORT_PAYMENTS=1_000_000,10_000_000 make bench PART=report`.
"""

import os
import tempfile
from collections.abc import Mapping
from typing import Any

from bench.programs import ROOT, run
from bench.reporting.day import microseconds
from bench.row import Row

SIZES = os.environ.get("BENCH_REPORT_PAYMENTS", "10_000,100_000,1_000_000")
TURNS = {10_000: 3, 100_000: 3}  # larger ones once: they are long enough to be even
PEAK_MAX = {1_000_000: 200.0, 10_000_000: 512.0}  # MiB
GROWTH_MAX = 12.0  # times, where payments are ten times as many
RATIO_MAX = 2.0  # times a scan of the same columns
NOISE = 0.15  # by as much two runs of one program may differ on a machine that others use
FRAMES_MAX = 1_000_000  # payments; more don't fit in this memory
FRAMES = ROOT / ".venv-bench" / "bin" / "python"
Measured = Mapping[str, Any]


def measure() -> list[Row]:
    """Return CPU as ratios and peaks of memory by size, and how the CPU grows."""
    rows: list[Row] = []
    taken: dict[int, float] = {}
    for payments in map(int, SIZES.split(",")):
        ours, found = _measured(payments)
        taken[payments] = ours["cpu_s"]
        rows += found
    for smaller, larger in zip(taken, list(taken)[1:], strict=False):
        name = f"report: CPU of {larger:,} payments, × {smaller:,}"
        grown = round(taken[larger] / taken[smaller], 2)
        rows.append(Row(name, grown, "×", GROWTH_MAX, noise=NOISE))
    return rows


def _measured(payments: int) -> tuple[Measured, list[Row]]:
    name = f"report over {payments:,} payments"
    with tempfile.TemporaryDirectory() as folder:
        run("reporting.archive", folder, str(payments))
        turns = range(TURNS.get(payments, 1))
        ours, bare, scan = (
            _least([run(f"reporting.{program}", folder) for _ in turns])
            for program in ("ours", "bare", "scan")
        )
        frames = [_frame(name, folder, each, ours, payments) for each in ("polars", "pandas")]
    if ours["gross"] != bare["gross"]:
        raise AssertionError("the report and the bare queries disagree")
    ratio = ours["cpu_s"] / scan["cpu_s"]
    return ours, [
        Row(f"{name}: CPU", round(ours["cpu_s"], 2), "s"),
        Row(f"{name}: CPU, × bare scan", round(ratio, 2), "×", RATIO_MAX, noise=NOISE),
        Row(f"{name}: CPU, × bare queries", round(ours["cpu_s"] / bare["cpu_s"], 2), "×"),
        Row(f"{name}: peak memory", round(ours["peak_mib"]), "MiB", PEAK_MAX.get(payments)),
        *_each(name, ours, scan),
        Row(f"{name}: peak of the bare queries", round(bare["peak_mib"]), "MiB"),
        *frames,
    ]


def _each(name: str, ours: Any, scan: Any) -> list[Row]:
    """Return what each report took by itself; of some the scan has no columns."""
    rows = []
    for part, one in ours["reports"].items():
        floor_s = scan["scans"].get(part)
        label = f"{name}: {part}, {one['cpu_s']:.2f} s, {one['peak_mib']:.0f} MiB"
        if floor_s is None:
            rows.append(Row(label, round(one["cpu_s"], 2), "s"))
        else:
            rows.append(Row(f"{label}, × scan", round(one["cpu_s"] / floor_s, 2), "×"))
    return rows


def _frame(name: str, folder: str, library: str, ours: Measured, payments: int) -> Row:
    """Let a library of data frames work out the gross alone."""
    name = f"{name}: CPU, × {library} (gross alone)"
    if not FRAMES.exists() or payments > FRAMES_MAX:
        reason = "too large" if FRAMES.exists() else f"make bench installs {library}; it couldn't"
        return Row(name, None, "×", reason=reason)
    edges = map(str, microseconds())
    found = run(f"peers.frames.{library}_report", folder, *edges, python=str(FRAMES))
    if found["gross"] != ours["gross"]:
        raise AssertionError(f"the report and {library} disagree")
    peak = f"{name}, in {found['peak_mib']:,.0f} MiB"
    return Row(peak, round(ours["cpu_s"] / found["cpu_s"], 2), "×")


def _least(turns: list[dict[str, Any]]) -> Measured:
    """Return the quickest turn, with the least memory that any of them held."""
    quickest = min(turns, key=lambda turn: turn["cpu_s"])
    return quickest | {"peak_mib": min(turn["peak_mib"] for turn in turns)}


if __name__ == "__main__":
    for row in measure():
        print(row)
