"""Writes a made-up history of refund requests as the archive holds them, the same every time.

`python -m bench.backtesting.history FOLDER LAST_DAY REQUESTS` fills FOLDER with ninety days of it.
"""

import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

DAYS = 90
A_FILE = 500  # requests


def write(folder: Path, last_day: date, requests: int) -> None:
    """Write one file for each day and so many requests."""
    ends_at = datetime.combine(last_day + timedelta(days=1), time.min, UTC)
    columns = {
        "ends_us": int(ends_at.timestamp()) * 1_000_000,
        "requests": requests,
        "days": DAYS,
        "a_file": A_FILE,
        "folder": folder,
    }
    sql = Path(__file__).with_name("history.sql").read_text()
    for name, value in columns.items():
        sql = sql.replace(f"${name}", str(value))
    folder.mkdir(parents=True, exist_ok=True)
    spilled = {"memory_limit": "3GB", "temp_directory": f"{folder}.spilled"}
    with duckdb.connect(config=spilled) as connection:
        connection.execute(sql)


if __name__ == "__main__":
    write(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), int(sys.argv[3]))
