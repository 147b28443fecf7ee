"""The same gross as the report's by pandas: each fact once, then one sum."""

import sys
from pathlib import Path

import pandas

from bench.reporting.measured import print_gross

COLUMNS = ["fact_id", "fact", "booked_at", "currency", "postings", "method", "reason"]


def main(folder: str, starts_us: str, ends_us: str) -> None:
    """Count each fact once, as a program in pandas would, and add the captures up."""
    files = sorted(Path(folder, "facts").rglob("*.parquet"))
    facts = pandas.concat([pandas.read_parquet(file, columns=COLUMNS) for file in files])
    edges = [pandas.Timestamp(int(us), unit="us", tz="UTC") for us in (starts_us, ends_us)]
    facts = facts[(facts.booked_at >= edges[0]) & (facts.booked_at < edges[1])]
    facts = facts.drop_duplicates("fact_id")
    captured = facts[facts.fact == "PaymentCaptured"].postings.explode()
    moved = pandas.DataFrame(captured.dropna().tolist())
    sums = moved[moved.kind == "capture"].groupby("currency").amount_minor.sum()
    print_gross({currency: int(amount) for currency, amount in sums.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
