"""Periods of a report: which instants belong to a merchant's day; alone knows time zones.

A period is known by its kind and its name. That of a day, week or month follows from its first
day, and the other way round, so what a merchant sets of their weeks and months changes which
periods come next, and never what the name of a closed one means. A window is any whole days: its
name says both ends, and which edition of its report it is.
"""

import operator
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model

# Facts reach the archive minutes after they are booked, and a build takes minutes at most.
SETTLING = timedelta(minutes=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR_MIN, YEAR_MAX = 1970, 9998  # beyond, an edge may be no instant in UTC
MONTH_STARTS_MAX = 28  # the last day that every month has
WINDOW_DAYS_MAX = 400  # a year, and what a report of one is held up by
EDITIONS_MAX = 20  # of one window's report
_WINDOW = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)(?:-e(\d{1,2}))?", re.ASCII)


class PeriodKind(StrEnum):
    """The periods there are reports of."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    WINDOW = "window"  # any whole days, on request

    @property
    def noun(self) -> str:
        """Return what people call one of these periods."""
        return {"daily": "day", "weekly": "week", "monthly": "month"}.get(self, self)


# Those that follow each other, each known by its first day; the clock closes them.
BY_CALENDAR = (PeriodKind.DAILY, PeriodKind.WEEKLY, PeriodKind.MONTHLY)
EXAMPLES = {
    PeriodKind.DAILY: "2026-11-21",
    PeriodKind.WEEKLY: "2026-W47, or 2026-S47 where weeks begin on Sunday",
    PeriodKind.MONTHLY: "2026-11, or 2026-11-F26 where months begin on the 26th",
    PeriodKind.WINDOW: "2026-11-01..2026-11-17, or 2026-11-01..2026-11-17-e2, its second edition",
}


class Period(Model):
    """One local day, week, month or window: from `starts_at` up to, not including, `ends_at`.

    A day has 23 or 25 hours where the clocks change, so both edges come from the zone's own
    rules and are kept: a report re-runs alike even after a government moved its clocks.
    """

    day: date  # the first
    time_zone: str
    starts_at: Instant
    ends_at: Instant
    # Days were there first, and their manifests say no kind.
    kind: PeriodKind = Field(PeriodKind.DAILY, exclude_if=lambda kind: kind is PeriodKind.DAILY)
    last: date | None = Field(None, exclude_if=operator.not_)  # day, of a window
    edition: int = Field(1, exclude_if=lambda edition: edition == 1)  # of a window's report

    @classmethod
    def of(cls, day: date, time_zone: str, kind: PeriodKind = PeriodKind.DAILY) -> Self:
        """Return the period of this kind that begins on a local day."""
        return cls(
            day=day,
            time_zone=time_zone,
            starts_at=_midnight(day, time_zone),
            ends_at=_midnight(_next(kind, day), time_zone),
            kind=kind,
        )

    @classmethod
    def window(cls, first: date, last: date, time_zone: str, edition: int = 1) -> Self:
        """Return the whole local days from the first to the last.

        Raises InvalidRequest where they are reversed, too many, or no days of the calendar.
        """
        if last < first:
            raise InvalidRequest(f"last: {last} is before {first}, the first day")
        if (count := (last - first).days + 1) > WINDOW_DAYS_MAX:
            most = f"a window has {WINDOW_DAYS_MAX} at most"
            raise InvalidRequest(f"last: {first} to {last} are {count} days; {most}")
        if first.year < YEAR_MIN or last.year > YEAR_MAX:
            raise InvalidRequest(f"first: years are {YEAR_MIN} to {YEAR_MAX}")
        return cls(
            day=first,
            time_zone=time_zone,
            starts_at=_midnight(first, time_zone),
            ends_at=_midnight(last + DAY, time_zone),
            kind=PeriodKind.WINDOW,
            last=last,
            edition=edition,
        )

    @classmethod
    def named(cls, kind: PeriodKind, name: str, time_zone: str) -> Self:
        """Return the period of a kind with a name; raise InvalidRequest where none has it."""
        if kind is not PeriodKind.WINDOW:
            return cls.of(first_day(kind, name), time_zone, kind)
        with suppress(ValueError):
            if found := _WINDOW.fullmatch(name):
                first, last = map(date.fromisoformat, found.group(1, 2))
                period = cls.window(first, last, time_zone, int(found[3] or 1))
                if period.name == name and period.edition in range(1, EDITIONS_MAX + 1):
                    return period
        raise _unnamed(kind, name)

    def following_edition(self) -> Self:
        """Return the same window of its report's next edition; InvalidRequest after the last."""
        if self.edition == EDITIONS_MAX:
            raise InvalidRequest(f"anew: a window's report has {EDITIONS_MAX} editions at most")
        return self.model_copy(update={"edition": self.edition + 1})

    def refuse_to_come(self, now: datetime) -> None:
        """Raise InvalidRequest while it is still to come; of a window, while its last day is."""
        begins_at = _midnight(self.last, self.time_zone) if self.last else self.starts_at
        if begins_at > now:
            raise InvalidRequest(f"day: {self.last or self.name} has not begun in {self.time_zone}")

    @property
    def name(self) -> str:
        """Return what the period is called, such as 2026-11-21, 2026-W47 or 2026-11."""
        if self.last is not None:
            edition = "" if self.edition == 1 else f"-e{self.edition}"
            return f"{self.day}..{self.last}{edition}"
        return name_of(self.kind, self.day)

    @property
    def days(self) -> tuple[date, ...]:
        """Return the local days of the period."""
        following = self.last + DAY if self.last else _next(self.kind, self.day)
        count = (following - self.day).days
        return tuple(self.day + n * DAY for n in range(count))

    @property
    def closes_at(self) -> datetime:
        """Return the instant from which the period's report may be closed."""
        return self.ends_at + SETTLING

    @property
    def utc_days(self) -> tuple[date, ...]:
        """Return the archive's days this period touches."""
        last = (self.ends_at - timedelta(microseconds=1)).date()
        first = self.starts_at.date()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    @property
    def hours(self) -> tuple[datetime, ...]:
        """Return the local start of each hour of a day; 23 or 25 where the clocks change."""
        zone, count = ZoneInfo(self.time_zone), -(-(self.ends_at - self.starts_at) // HOUR)
        return tuple((self.starts_at + n * HOUR).astimezone(zone) for n in range(count))

    @property
    def steps(self) -> tuple[datetime, ...]:
        """Return where the parts begin by which a report shows the gross: hours, else days.

        A day that a zone skipped begins with the next one.
        """
        if self.kind is PeriodKind.DAILY:
            return self.hours
        return tuple(_midnight(day, self.time_zone) for day in self.days)


class Calendar(NamedTuple):
    """How a merchant divides time: the zone of their days, where weeks and months begin."""

    time_zone: str
    week_starts_on: str = "monday"  # or sunday
    month_starts_on: int = 1  # to 28; such a month is named after the one it ends in

    def period(self, kind: PeriodKind, day: date) -> Period:
        """Return the period that a local day lies in."""
        return Period.of(self._first(kind, day), self.time_zone, kind)

    def closed(self, kind: PeriodKind, now: datetime, count: int) -> tuple[Period, ...]:
        """Return the last `count` periods that may be closed by now, oldest first."""
        period, found = self.period(kind, day_of(now - SETTLING, self.time_zone)), []
        for _ in range(count):
            period = self.period(kind, period.day - DAY)
            found.append(period)
        return tuple(reversed(found))

    def _first(self, kind: PeriodKind, day: date) -> date:
        if kind is PeriodKind.WEEKLY:
            is_sunday = self.week_starts_on == "sunday"
            return day - (day.isoweekday() % 7 if is_sunday else day.weekday()) * DAY
        if kind is PeriodKind.MONTHLY:
            begun = day if day.day >= self.month_starts_on else day.replace(day=1) - DAY
            return begun.replace(day=self.month_starts_on)
        return day


def day_of(instant: datetime, time_zone: str) -> date:
    """Return the local day an instant belongs to."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def name_of(kind: PeriodKind, first: date) -> str:
    """Return the name of the period of a kind that begins on a day.

    A week from Sunday has the number of the ISO week it shares all but its Sunday with.
    """
    if kind is PeriodKind.WEEKLY:
        year, week, _ = (first + DAY).isocalendar()
        return f"{year}-{'W' if first.isoweekday() == 1 else 'S'}{week:02}"
    if kind is PeriodKind.MONTHLY:
        fiscal = "" if first.day == 1 else f"-F{first.day:02}"
        return f"{_next(kind, first) - DAY:%Y-%m}{fiscal}"
    return str(first)


def first_day(kind: PeriodKind, name: str) -> date:
    """Return the first day of the period with a name; raise InvalidRequest where none has it."""
    try:
        first = _named(kind, name)
        is_on_calendar = first.year >= YEAR_MIN and _next(kind, first).year <= YEAR_MAX
        if is_on_calendar and name_of(kind, first) == name:
            return first
    except (ValueError, OverflowError):
        pass  # said below, as of a day that no week begins on
    raise _unnamed(kind, name)


def _unnamed(kind: PeriodKind, name: str) -> InvalidRequest:
    return InvalidRequest(f"day: {name} names no {kind.noun}, such as {EXAMPLES[kind]}")


def kind_of(name: str) -> PeriodKind:
    """Return which kind of period has a name; raise InvalidRequest where none has it."""
    for kind in PeriodKind:
        with suppress(InvalidRequest):
            Period.named(kind, name, "UTC")
            return kind
    examples = "2026-11-21, 2026-W47, 2026-11 or 2026-11-01..2026-11-17"
    raise InvalidRequest(f"day: {name} names no day, week, month or window, such as {examples}")


def _named(kind: PeriodKind, name: str) -> date:
    if kind is PeriodKind.WEEKLY:
        monday = date.fromisoformat(name.replace("S", "W"))
        return monday - DAY if "S" in name else monday
    if kind is PeriodKind.MONTHLY:
        month, is_fiscal, starts_on = name.partition("-F")
        first = date.fromisoformat(f"{month}-01")
        if not is_fiscal:
            return first
        if int(starts_on) > MONTH_STARTS_MAX:
            raise ValueError(starts_on)
        return (first - DAY).replace(day=int(starts_on))
    return date.fromisoformat(name)


def _next(kind: PeriodKind, first: date) -> date:
    """Return the first day of the period after the one that begins on a day."""
    if kind is PeriodKind.WEEKLY:
        return first + 7 * DAY
    if kind is PeriodKind.MONTHLY:
        return (first.replace(day=1) + 32 * DAY).replace(day=first.day)
    return first + DAY


def _midnight(day: date, time_zone: str) -> datetime:
    """Return the first instant of a local day, also where clocks skip or repeat midnight."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
