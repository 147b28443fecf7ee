"""Normal: which periods are like a period, and the band their figures lie in.

The band is the median of like periods and three times their usual distance from it (the median
absolute deviation, as wide as a standard deviation: times 1.4826). Neither is moved by a few
periods that were odd. It is never narrower than what chance alone does at that volume.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import median
from typing import NamedTuple

from kassa.archive.tallies import Rollup
from kassa.core.model import Model
from kassa.core.periods import DAY, Period, PeriodKind

LIKE_MIN = 4  # periods; of fewer nobody knows what is normal
TIMES_MIN = 5  # a like period usually has of them, before an amount of them says anything
ATTEMPTS_MIN = 20  # in a period, before its rate says anything
WIDTH = 3 * 1.4826
LIKE = {PeriodKind.DAILY: 8, PeriodKind.WEEKLY: 8, PeriodKind.MONTHLY: 12, PeriodKind.WINDOW: 8}
RUN_MAX = 14  # days looked back for the day a deviation began
LATE_MAX = 31 * DAY  # how long a day's late facts are still looked for
YEAR = 364 * DAY  # of whole weeks


class Band(Model):
    """Where a figure usually lies, by how many like periods."""

    low: float
    middle: float
    high: float
    periods: int

    def has(self, value: float) -> bool:
        """Whether a value is usual."""
        return self.low <= value <= self.high


class History(NamedTuple):
    """What closed days came to, each known by its day."""

    rows: Mapping[date, Sequence[Rollup]]
    closed: frozenset[date]
    imported: frozenset[date] = frozenset()  # those of before the books

    def of(self, period: Period) -> list[Rollup] | None:
        """Return what a period came to; nothing where one of its days wasn't closed."""
        if not self.closed.issuperset(period.days):
            return None
        return [row for day in period.days for row in self.rows.get(day, ())]

    def knows_failures(self, period: Period) -> bool:
        """Tell whether failed attempts are known; many gateways don't list those of a past."""
        return self.imported.isdisjoint(period.days) or any(
            row.fact == "PaymentFailed" for row in self.of(period) or ()
        )


NO_HISTORY = History({}, frozenset())


def band(values: Sequence[float], chance: float) -> Band | None:
    """Return where values usually lie; nothing of fewer than LIKE_MIN.

    `chance` is how far a value lies from the middle by chance alone, as a standard deviation.
    """
    if len(values) < LIKE_MIN:
        return None
    middle = median(values)
    reach = max(WIDTH * median(abs(value - middle) for value in values), 3 * chance)
    low, high = round(middle - reach, 6), round(middle + reach, 6)
    return Band(low=low, middle=round(middle, 6), high=high, periods=len(values))


def chance_of_rate(rate: float, attempts: int) -> float:
    """Return how far a rate lies from the true one by chance; never nothing, also at 0 and 1."""
    likely = (rate * attempts + 1) / (attempts + 2)
    return sqrt(likely * (1 - likely) / attempts)


def previous(period: Period) -> Period:
    """Return the period before one; of a window, as many days."""
    if period.last:
        return _from(period, period.day - len(period.days) * DAY)
    return _back(period, 1)


def year_before(period: Period) -> Period:
    """Return the same period a year before: the same weekday, week's number or month."""
    if period.kind is PeriodKind.MONTHLY:
        return _back(period, 12)
    if period.kind in (PeriodKind.DAILY, PeriodKind.WINDOW):
        return _from(period, period.day - YEAR)
    monday = period.day + (period.day.isoweekday() % 7 == 0) * DAY
    year, week, _ = monday.isocalendar()
    try:
        begun = date.fromisocalendar(year - 1, week, 1)
    except ValueError:  # a year has 52 weeks, and every fifth or sixth has one more
        begun = date.fromisocalendar(year - 1, 52, 1)
    return _from(period, begun + (period.day - monday))


def like(period: Period) -> tuple[Period, ...]:
    """Return the earlier periods that a period is held against, the latest first.

    Like a window are those of as many days and the same weekdays, that none overlaps, of a year.
    """
    if period.last:
        weeks_apart = -(-len(period.days) // 7) * 7 * DAY
        count = min(LIKE[period.kind], YEAR // weeks_apart)
        return tuple(_from(period, period.day - n * weeks_apart) for n in range(1, count + 1))
    if period.kind is PeriodKind.DAILY:
        weeks = range(1, LIKE[period.kind] + 1)
        return tuple(_from(period, period.day - 7 * n * DAY) for n in weeks)
    return tuple(_back(period, n) for n in range(1, LIKE[period.kind] + 1))


def days_needed(period: Period) -> set[date]:
    """Return the days before a period whose rollups say what is normal.

    A day's late facts lie in the rollup of the day whose report corrected it.
    """
    held = (*like(period), previous(period), year_before(period))
    compared = {day for one in held for day in one.days}
    compared |= {period.day - n * DAY for n in range(1, RUN_MAX + 1)}
    late = {day + n * DAY for day in compared for n in range(LATE_MAX // DAY + 1)}
    return {day for day in late if day < period.day}


def days_before(period: Period) -> list[date]:
    """Return the days right before a period, the latest first, to see when something began."""
    return [period.day - n * DAY for n in range(1, RUN_MAX + 1)]


def _back(period: Period, count: int) -> Period:
    first = period.day
    if period.kind is PeriodKind.MONTHLY:
        months = first.year * 12 + first.month - 1 - count
        return _from(period, first.replace(year=months // 12, month=months % 12 + 1))
    days = 7 if period.kind is PeriodKind.WEEKLY else 1
    return _from(period, first - timedelta(days=days * count))


def _from(period: Period, first: date) -> Period:
    if period.last:
        return Period.window(first, first + (period.last - period.day), period.time_zone)
    return Period.of(first, period.time_zone, period.kind)
