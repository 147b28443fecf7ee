"""The day that is measured, and where its files lie."""

from datetime import date, datetime
from pathlib import Path

from kassa.core.periods import Period

DAY = Period.of(date(2026, 11, 21), "Asia/Tokyo")


def microseconds() -> tuple[int, int]:
    """Return the day's edges as DuckDB counts them."""
    return _microseconds(DAY.starts_at), _microseconds(DAY.ends_at)


def _microseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


def files(folder: str) -> list[str]:
    """Return every file of the archive."""
    return sorted(map(str, Path(folder, "facts").rglob("*.parquet")))
