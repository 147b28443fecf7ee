"""Writes an archive of one day: the facts of so many payments, some of them published twice."""

import sys
from pathlib import Path

import duckdb

from bench.reporting.day import DAY, microseconds

PER_FILE = 4_000
PUBLISHED_AGAIN = 40  # of each file's facts also lie in the next one


def main(folder: str, payments: str) -> None:
    """Write the files under the keys they would have in the bucket."""
    connection = duckdb.connect(
        config={"threads": 1, "memory_limit": "3GB", "temp_directory": f"{folder}/spilled"}
    )
    sql = Path(__file__).with_name("facts.sql").read_text()
    starts_us, _ = microseconds()
    connection.execute(sql.replace("$payments", payments).replace("$starts_us", str(starts_us)))
    [(facts,)] = connection.execute("SELECT count(*) FROM archive").fetchall()
    for utc_day in DAY.utc_days:
        Path(folder, f"facts/day={utc_day}").mkdir(parents=True)
    for first in range(0, facts, PER_FILE):
        path = Path(folder, f"facts/day={DAY.utc_days[-1]}/{first:012}.parquet")
        connection.execute(
            f"COPY (SELECT * EXCLUDE (place) FROM archive"
            f" WHERE place > {first - PUBLISHED_AGAIN} AND place <= {first + PER_FILE})"
            f" TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
    print("{}")


if __name__ == "__main__":
    main(*sys.argv[1:])
