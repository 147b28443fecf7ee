"""The floor: the columns a report reads, read once and made nothing of."""

import sys

import duckdb

from bench.reporting.day import files
from bench.reporting.measured import print_gross

COLUMNS = (
    "fact_id, fact, event_id, merchant_id, gateway, account, subject_kind, subject_id, object_id,"
    " version, booked_at, currency, amount_minor, method, brand, reason, postings"
)


def main(folder: str) -> None:
    """Read the columns."""
    connection = duckdb.connect(config={"threads": 1, "temp_directory": f"{folder}/spilled"})
    query = f"SELECT bit_xor(hash({COLUMNS})) FROM read_parquet({files(folder)})"
    connection.execute(query).fetchall()
    print_gross({})


if __name__ == "__main__":
    main(*sys.argv[1:])
