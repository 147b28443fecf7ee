"""Periods of a report: which instants belong to a merchant's day; alone knows time zones."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from kassa.core.model import Instant, Model

# Facts reach the archive minutes after they are booked, and a build takes minutes at most.
SETTLING = timedelta(minutes=30)
HOUR = timedelta(hours=1)


class Period(Model):
    """One local day: the instants from `starts_at` up to, not including, `ends_at`.

    A day has 23 or 25 hours where the clocks change, so both edges come from the zone's own
    rules and are kept: a report re-runs alike even after a government moved its clocks.
    """

    day: date
    time_zone: str
    starts_at: Instant
    ends_at: Instant

    @classmethod
    def of(cls, day: date, time_zone: str) -> Self:
        """Return the period of a local day."""
        return cls(
            day=day,
            time_zone=time_zone,
            starts_at=_midnight(day, time_zone),
            ends_at=_midnight(day + timedelta(days=1), time_zone),
        )

    @property
    def closes_at(self) -> datetime:
        """Return the instant from which the day's report may be closed."""
        return self.ends_at + SETTLING

    @property
    def utc_days(self) -> tuple[date, ...]:
        """Return the archive's days this period touches."""
        last = (self.ends_at - timedelta(microseconds=1)).date()
        first = self.starts_at.date()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    @property
    def hours(self) -> tuple[datetime, ...]:
        """Return the local start of each hour of the day; 23 or 25 where the clocks change."""
        zone, count = ZoneInfo(self.time_zone), -(-(self.ends_at - self.starts_at) // HOUR)
        return tuple((self.starts_at + n * HOUR).astimezone(zone) for n in range(count))


def day_of(instant: datetime, time_zone: str) -> date:
    """Return the local day an instant belongs to."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def closed_days(now: datetime, time_zone: str, count: int) -> tuple[date, ...]:
    """Return the last `count` local days that may be closed by now, oldest first."""
    last = day_of(now - SETTLING, time_zone) - timedelta(days=1)
    return tuple(last - timedelta(days=n) for n in reversed(range(count)))


def _midnight(day: date, time_zone: str) -> datetime:
    """Return the first instant of a local day, also where clocks skip or repeat midnight."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
