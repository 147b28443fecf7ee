"""Measures every figure of the bench, prints the table and writes bench/results.json.

`python -m bench [PART …]` measures only those parts. Exits 1 when a goal is missed.
"""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.row import Row

PARTS = (
    "intake",
    "gateways",
    "booking",
    "growth",
    "cost",
    "report",
    "rollups",
    "decisions",
    "backtest",
    "refunds",
    "replay",
    "invoices",
    "messages",
    "reminders",
    "webhooks",
    "console",
)
RESULTS = Path(__file__).with_name("results.json")


def table(rows: list[Row]) -> Table:
    """Return the rows as a table for a person."""
    shown = Table(title="Kassa's bench: each figure beside its goal (at most) and its floor")
    for name in ("what", "value", "unit", "goal", "floor", ""):
        shown.add_column(name, justify="right" if name in ("value", "goal", "floor") else "left")
    for row in rows:
        verdict = row.reason or ("missed" if row.is_missed else "met" if row.goal else "")
        figures = ("" if n is None else f"{n:g}" for n in (row.value, row.goal, row.floor))
        value, goal, floor = figures
        style = "red" if row.is_missed else None
        shown.add_row(row.name, value, row.unit, goal, floor, verdict, style=style)
    return shown


def main(parts: list[str]) -> int:
    """Measure, print, keep."""
    rows: list[Row] = []
    for part in parts or PARTS:
        rows += import_module(f"bench.{part}").measure()
    Console(width=120).print(table(rows))
    if not parts:
        RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return int(any(row.is_missed for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
