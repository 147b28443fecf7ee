"""Days of a merchant: they tile the time line in every zone, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from kassa.core.periods import SETTLING, Period, closed_days, day_of

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",  # clocks change at midnight
    "America/Havana",  # midnight happens twice
    "Africa/Cairo",  # midnight is skipped
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Pacific/Auckland",
]
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize("zone", ZONES)
def test_days_tile_the_time_line_without_gap_or_overlap(zone: str) -> None:
    periods = [Period.of(day, zone) for day in DAYS]

    for before, after in pairwise(periods):
        assert before.ends_at == after.starts_at
    assert {len(period.hours) for period in periods} <= {23, 24, 25}


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_and_last_instants_of_a_day_belong_to_it(zone: str) -> None:
    for day in DAYS[::3]:
        period = Period.of(day, zone)
        assert day_of(period.starts_at, zone) == day
        assert day_of(period.ends_at - timedelta(microseconds=1), zone) == day
        assert day_of(period.ends_at, zone) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)]
)
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day: str, hours: int) -> None:
    period = Period.of(date.fromisoformat(day), "Europe/Berlin")
    assert len(period.hours) == hours
    assert period.ends_at - period.starts_at == timedelta(hours=hours)


def test_a_local_day_touches_the_utc_days_it_lies_in() -> None:
    def touched(zone: str) -> list[int]:
        return [day.day for day in Period.of(date(2026, 11, 21), zone).utc_days]

    assert touched("UTC") == [21]
    assert touched("Asia/Tokyo") == [20, 21]
    assert touched("America/New_York") == [21, 22]


def test_a_day_may_be_closed_once_it_is_over_and_settled() -> None:
    ends = Period.of(date(2026, 11, 21), "Asia/Tokyo").ends_at
    assert ends == datetime(2026, 11, 21, 15, tzinfo=UTC)

    just_before = closed_days(ends + SETTLING - timedelta(microseconds=1), "Asia/Tokyo", 2)
    assert just_before == (date(2026, 11, 19), date(2026, 11, 20))
    assert closed_days(ends + SETTLING, "Asia/Tokyo", 1) == (date(2026, 11, 21),)
