"""The floor: the columns that reports need, read once and made nothing of.

Of all reports together, and of each by itself; how many of a file's rows it needs isn't counted.
"""

import json
import sys
import time

import duckdb

from bench.reporting.day import files
from bench.reporting.measured import peak_kib

_CHOSEN = "fact_id, merchant_id, booked_at"
_PAYMENT = "fact, event_id, gateway, account, subject_id, object_id, currency, amount_minor"
_FEES = "gross_minor, gross_currency, fee_minor"
COLUMNS = {
    "counting": f"{_CHOSEN}, {_PAYMENT}, method, brand, reason, postings",
    "summary": "fact, gateway, account, subject_id, event_id, currency, reason, booked_at",
    "fees": f"{_PAYMENT}, method, brand, card_country, occurred_at, subject_kind,"
    f" moves, {_FEES}, postings",
    "anomalies": f"{_PAYMENT}, method, brand, reason, occurred_at, booked_at, order_id,"
    f" customer_id, moves, {_FEES}",
    "kept": f"{_PAYMENT}, method, brand, occurred_at, booked_at, order_id, customer_id, {_FEES}",
    "all": f"{_CHOSEN}, version, {_PAYMENT}, method, brand, card_country, occurred_at,"
    f" subject_kind, reason, order_id, customer_id, moves, {_FEES}, postings",
}


def main(folder: str) -> None:
    """Read the columns of each."""
    connection = duckdb.connect(config={"threads": 1, "temp_directory": f"{folder}/spilled"})
    begun_s, taken = time.process_time(), {}
    for name, columns in COLUMNS.items():
        before = time.process_time()
        query = f"SELECT bit_xor(hash({columns})) FROM read_parquet({files(folder)})"
        connection.execute(query).fetchall()
        taken[name] = time.process_time() - before
    whole = {"cpu_s": begun_s + taken["all"], "peak_mib": peak_kib() / 1024, "gross": {}}
    print(json.dumps(whole | {"scans": taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
