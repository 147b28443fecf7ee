"""The bare DuckDB queries for a report's figures: no bucket, no manifest, no document."""

import sys
from collections import Counter
from pathlib import Path

import duckdb

from bench.reporting.day import files, microseconds
from bench.reporting.measured import print_gross


def main(folder: str) -> None:
    """Run every query and fetch what it says."""
    connection = duckdb.connect(config={"threads": 1, "temp_directory": f"{folder}/spilled"})
    starts_us, ends_us = microseconds()
    values = {"$files": files(folder), "$starts_us": starts_us, "$ends_us": ends_us}
    text = Path(__file__).with_name("report.sql").read_text()
    answers = []
    for sql in text.split(";\n\n"):
        for name, value in values.items():
            sql = sql.replace(name, str(value))
        answers.append(connection.execute(sql).fetchall())
    gross: Counter[str] = Counter()
    for currency, kind, _, _, amount_minor, *_ in answers[2]:
        gross[currency] += amount_minor if kind == "capture" else 0
    print_gross(dict(gross))


if __name__ == "__main__":
    main(*sys.argv[1:])
