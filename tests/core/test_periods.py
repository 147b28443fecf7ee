"""Days of a merchant: they tile the time line in every zone, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest
from kassa.core.periods import (
    EDITIONS_MAX,
    MONTH_STARTS_MAX,
    SETTLING,
    WINDOW_DAYS_MAX,
    Calendar,
    Period,
    PeriodKind,
    day_of,
    first_day,
    kind_of,
    name_of,
)

K = PeriodKind

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

    def closed(now: datetime, count: int) -> list[str]:
        return [each.name for each in Calendar("Asia/Tokyo").closed(K.DAILY, now, count)]

    just_before = closed(ends + SETTLING - timedelta(microseconds=1), 2)
    assert just_before == ["2026-11-19", "2026-11-20"]
    assert closed(ends + SETTLING, 1) == ["2026-11-21"]


CALENDARS = [
    Calendar("Europe/Berlin"),
    Calendar("America/New_York", "sunday"),
    Calendar("Pacific/Apia", "sunday", 2),
    Calendar("Asia/Kathmandu", "monday", MONTH_STARTS_MAX),
]


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("kind", K)
def test_each_day_lies_in_one_period_whose_name_leads_back(
    kind: PeriodKind, calendar: Calendar
) -> None:
    periods = [calendar.period(kind, day) for day in DAYS]

    assert all(day in period.days for day, period in zip(DAYS, periods, strict=True))
    distinct = list(dict.fromkeys(periods))
    assert len({each.name for each in distinct}) == len(distinct)
    assert all(first_day(kind, each.name) == each.day for each in distinct)
    for before, after in pairwise(distinct):
        assert before.ends_at == after.starts_at
        assert before.days[-1] + timedelta(days=1) == after.day


@pytest.mark.parametrize(
    ("calendar", "day", "names", "first"),
    [
        (Calendar("UTC"), "2026-11-22", ["2026-W47", "2026-11"], ["11-16", "11-01"]),
        (Calendar("UTC", "sunday"), "2026-11-22", ["2026-S48", "2026-11"], ["11-22", "11-01"]),
        (Calendar("UTC", "sunday", 26), "2026-11-26", ["2026-S48", "2026-12-F26"], None),
        (Calendar("UTC", "sunday", 26), "2026-11-25", ["2026-S48", "2026-11-F26"], None),
        (Calendar("UTC"), "2027-01-03", ["2026-W53", "2027-01"], None),  # the ISO year goes on
        (Calendar("UTC", "sunday"), "2027-01-03", ["2027-S01", "2027-01"], None),
        (Calendar("UTC", "monday", 26), "2026-12-26", ["2026-W52", "2027-01-F26"], None),
    ],
)
def test_a_week_and_a_month_are_named_by_where_they_begin(
    calendar: Calendar, day: str, names: list[str], first: list[str] | None
) -> None:
    found = [calendar.period(kind, date.fromisoformat(day)) for kind in (K.WEEKLY, K.MONTHLY)]

    assert [each.name for each in found] == names
    if first:
        assert [f"{each.day:%m-%d}" for each in found] == first


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((K.DAILY, name) for name in ("tomorrow", "2026-02-30", "20261121", "2026-W47", "")),
        *((K.WEEKLY, name) for name in ("2026-W54", "2026-W00", "2026-W47-3", "2026-11-16")),
        *((K.WEEKLY, name) for name in ("2026-S60", "2026W47", "W47", "2026-SW47", "0001-S01")),
        *((K.MONTHLY, name) for name in ("2026-13", "2026-11-01", "2026-11-F29", "2026-11-F01")),
        *((K.MONTHLY, name) for name in ("2026-11-F", "2026-11-F6", "2026-11-Fx", "0001-01-F26")),
        (K.MONTHLY, "9999-12"),
    ],
)
def test_a_name_that_no_period_has_is_refused(kind: PeriodKind, name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^day: {name} names no {kind.noun}, such as"):
        first_day(kind, name)


def test_a_day_that_a_zone_skipped_takes_no_time() -> None:
    skipped = Period.of(date(2011, 12, 30), "Pacific/Apia")
    assert skipped.starts_at == skipped.ends_at
    week = Calendar("Pacific/Apia").period(K.WEEKLY, skipped.day)
    assert (week.ends_at - week.starts_at, len(week.days)) == (timedelta(days=6), 7)
    assert name_of(K.MONTHLY, date(2011, 12, 1)) == "2011-12"


WINDOWS = st.builds(
    lambda first, count: (first, first + timedelta(days=count - 1)),
    st.sampled_from(DAYS[:-WINDOW_DAYS_MAX]),
    st.integers(1, WINDOW_DAYS_MAX),
)


@given(zone=st.sampled_from(ZONES), ends=WINDOWS, edition=st.integers(1, EDITIONS_MAX))
def test_a_window_is_its_days_without_gap_or_overlap_and_is_found_by_its_name(
    zone: str, ends: tuple[date, date], edition: int
) -> None:
    first, last = ends
    window = Period.window(first, last, zone, edition)
    days = [Period.of(day, zone) for day in window.days]

    assert (window.starts_at, window.ends_at) == (days[0].starts_at, days[-1].ends_at)
    length = sum((day.ends_at - day.starts_at for day in days), timedelta())
    assert window.ends_at - window.starts_at == length
    assert (window.days[0], window.days[-1]) == ends
    assert window.steps == tuple(day.starts_at for day in days)
    assert Period.named(K.WINDOW, window.name, zone) == window
    assert kind_of(window.name) is K.WINDOW
    assert Period.model_validate_json(window.model_dump_json()) == window


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 71), ("2026-10-25", 73)])
def test_a_window_over_a_change_of_clocks_is_an_hour_shorter_or_longer(
    day: str, hours: int
) -> None:
    middle = date.fromisoformat(day)
    window = Period.window(middle - timedelta(days=1), middle + timedelta(days=1), "Europe/Berlin")
    assert window.ends_at - window.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name",
    ["2026-11-01..2026-11-31", "2026-11-01..2026-11-17-e1", "2026-11-01..2026-11-17-e0", "..", "a"],
)
def test_a_name_that_no_window_has_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="names no window, such as"):
        Period.named(K.WINDOW, name, "UTC")


def test_a_window_that_ends_before_it_begins_or_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="is before 2026-11-17"):
        Period.window(date(2026, 11, 17), date(2026, 11, 16), "UTC")
    with pytest.raises(InvalidRequest, match="are 401 days"):
        Period.window(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=400), "UTC")
    last = Period.window(date(2026, 11, 1), date(2026, 11, 2), "UTC", EDITIONS_MAX)
    with pytest.raises(InvalidRequest, match="20 editions at most"):
        last.following_edition()
