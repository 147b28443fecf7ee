"""The floor: one sum over one column of the archive."""

import sys

import duckdb

from bench.reporting.day import files
from bench.reporting.measured import print_gross


def main(folder: str) -> None:
    """Read a column."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"SELECT sum(amount_minor) FROM read_parquet({files(folder)})").fetchall()
    print_gross({})


if __name__ == "__main__":
    main(*sys.argv[1:])
