"""Nobody is written to at night of what can wait, by the clock of whoever gets it."""

from datetime import UTC, datetime, time

import pytest
from pydantic import ValidationError

from kassa.messages.contacts.countries import time_zone_of
from kassa.messages.contacts.quiet_hours import QuietHours, quiet_until
from kassa.messages.kinds import Category

NIGHT = QuietHours(begin=time(21), end=time(8))
NOON = QuietHours(begin=time(12), end=time(14))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "zone", "until"),
    [
        (NIGHT, "2026-11-21T18:59:59", "Europe/Helsinki", None),
        (NIGHT, "2026-11-21T19:00:00", "Europe/Helsinki", "2026-11-22T06:00:00"),
        (NIGHT, "2026-11-22T05:59:59", "Europe/Helsinki", "2026-11-22T06:00:00"),
        (NIGHT, "2026-11-22T06:00:00", "Europe/Helsinki", None),
        (NIGHT, "2026-11-21T14:30:00", "Asia/Bangkok", "2026-11-22T01:00:00"),
        (NOON, "2026-11-21T03:00:00", "Asia/Tokyo", "2026-11-21T05:00:00"),
        (NOON, "2026-11-21T05:00:00", "Asia/Tokyo", None),
        # clocks go forward at 3:00 and back at 4:00: the morning comes an hour earlier, or later
        (NIGHT, "2026-03-28T20:00:00", "Europe/Helsinki", "2026-03-29T05:00:00"),
        (NIGHT, "2026-10-24T20:00:00", "Europe/Helsinki", "2026-10-25T06:00:00"),
    ],
)
def test_it_is_quiet_by_the_local_clock(
    quiet: QuietHours, now: str, zone: str, until: str | None
) -> None:
    expected = at(until) if until else None
    assert quiet_until(quiet, Category.REMINDER, at(now), zone) == expected


def test_what_a_customer_did_is_told_at_night_too() -> None:
    assert quiet_until(NIGHT, Category.TRANSACTIONAL, at("2026-11-21T23:00:00"), "UTC") is None


@pytest.mark.parametrize("now", ["2026-03-29T00:30:00", "2026-10-25T01:20:00"])
def test_an_hour_that_a_clock_skips_or_repeats_ends_after_now(now: str) -> None:
    half = QuietHours(begin=time(1), end=time(3, 30))
    until = quiet_until(half, Category.REMINDER, at(now), "Europe/Helsinki")

    assert until is not None
    assert until > at(now)


def test_quiet_hours_that_never_end_are_refused() -> None:
    with pytest.raises(ValidationError):
        QuietHours(begin=time(8), end=time(8))
    with pytest.raises(ValidationError):
        QuietHours.model_validate({"begin": "21:00Z", "end": "08:00"})


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("FI", "Europe/Helsinki"),
        ("TH", "Asia/Bangkok"),
        ("JP", "Asia/Tokyo"),
        ("TW", "Asia/Taipei"),
        ("US", "Europe/Paris"),  # has several, so the merchant's stands
        (None, "Europe/Paris"),
    ],
)
def test_a_country_with_one_zone_names_it(country: str | None, zone: str) -> None:
    assert time_zone_of(country, "Europe/Paris") == zone
