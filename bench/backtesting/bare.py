"""The same counts by hand: DuckDB hands out the receipts, the standard library reads them.

The rules are those of docs/policies/new.yaml as plain ifs. Without digests, days, limits in code,
repeated facts, people's decisions, rows, amounts or flipped cases.
"""

import json
import sys
from collections import Counter
from typing import Any

import duckdb

from bench.reporting.measured import print_gross

REQUESTS = """
    SELECT details FROM read_parquet('{}/**/*.parquet', hive_partitioning = false)
    WHERE fact = 'RefundRequested'
"""


def main(folder: str, _: str) -> None:
    """Decide every request."""
    connection = duckdb.connect(config={"threads": 1})
    rows = connection.execute(REQUESTS.format(folder))
    counts: Counter[str] = Counter()
    while found := rows.fetchmany(5_000):
        for (row,) in found:
            receipt = json.loads(row)["receipt"]
            counts[receipt["decision"] + _decided(receipt["inputs"])] += 1
    print_gross(dict(counts))


def _decided(inputs: dict[str, Any]) -> str:
    amount, age = inputs["amount"], inputs["payment_age_days"]
    minor, currency = amount["amount_minor"], amount["currency"]
    if inputs["has_open_dispute"] or inputs["risk_score"] > 60:
        return "escalate"
    if inputs["reason"] == "changed_mind" and age > 30:
        return "reject"
    if currency == "EUR" and minor <= 40_00 and age <= 30:
        return "approve"
    if currency == "JPY" and minor <= 6_000 and age <= 30:
        return "approve"
    payments = inputs["customer_payments"]
    is_known = payments is not None and payments > 2 and inputs["risk_score"] <= 40
    if currency == "EUR" and minor <= 75_00 and age <= 30 and is_known:
        return "approve"
    return "escalate"


if __name__ == "__main__":
    main(*sys.argv[1:])
