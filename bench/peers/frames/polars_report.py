"""The same gross as the report's by polars: each fact once, then one sum."""

import sys
from pathlib import Path

import polars

from bench.reporting.measured import print_gross


def main(folder: str, starts_us: str, ends_us: str) -> None:
    """Count each fact once, as a program in polars would, and add the captures up."""
    files = sorted(map(str, Path(folder, "facts").rglob("*.parquet")))
    booked_us = polars.col("booked_at").dt.epoch("us")
    facts = (
        polars.scan_parquet(files)
        .filter(booked_us.is_between(int(starts_us), int(ends_us), closed="left"))
        .select("fact_id", "fact", "currency", "postings", "method", "reason")
        .unique("fact_id")
    )
    moved = facts.explode("postings").unnest("postings", separator=".")
    sums = (
        moved.filter(polars.col("postings.kind") == "capture")
        .group_by("postings.currency")
        .agg(polars.col("postings.amount_minor").sum())
        .collect(engine="streaming")
    )
    print_gross(dict(sums.rows()))


if __name__ == "__main__":
    main(*sys.argv[1:])
