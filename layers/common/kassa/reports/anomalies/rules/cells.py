"""How often each account said what, by local day and hour: what rules about rates look at.

Days and hours are counted from the period's first day, so those before it are below zero. An hour
that clocks repeat is one; one that they skip is quiet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.core.periods import Period
from kassa.reports.anomalies.rules.localization import Texts, in_english

Account = tuple[str, str]
PAST_DAYS = 91  # thirteen weeks: enough for the hours of a week, and for who buys every other week


def days_before(period: Period) -> list[date]:
    """Return the days before a period that it is compared with."""
    return [period.day - timedelta(days=n) for n in range(1, PAST_DAYS + 1)]


class Cell(NamedTuple):
    """What an account said of one thing in a local hour."""

    day: int
    hour: int
    gateway: str
    account: str
    method: str
    fact: str
    currency: str
    events: int
    amount_minor: int


class Cells:
    """All cells of a period and of known days before it; `words` say what stands out."""

    def __init__(
        self,
        rows: Iterable[tuple[Any, ...]],
        period: Period,
        now: datetime | None = None,
        texts: Texts | None = None,
    ) -> None:
        self._cells, self.period = tuple(Cell(*row) for row in rows), period
        self.days, self._now = len(period.days), now  # none: the period is over
        self.texts = texts or in_english()
        known = [cell.day for cell in self._cells]
        self.first_day = min([0, *known])

    def of(self, *facts: str) -> Iterator[Cell]:
        """Return the cells of some facts."""
        return (cell for cell in self._cells if cell.fact in facts)

    def spoken(self) -> dict[Account, dict[int, int]]:
        """Return what each account said, by hour."""
        found: dict[Account, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for cell in self._cells:
            found[cell.gateway, cell.account][cell.day * 24 + cell.hour] += cell.events
        return found

    def usual_day(self) -> dict[str, int]:
        """Return what is captured on a usual day, by currency: the mean of all that are known."""
        sums: dict[str, int] = defaultdict(int)
        for cell in self.of("PaymentCaptured"):
            sums[cell.currency] += cell.amount_minor
        return {currency: minor // (self.days - self.first_day) for currency, minor in sums.items()}

    def date(self, day: int) -> date:
        """Return a day of the period, or before it."""
        return self.period.day + timedelta(days=day)

    def begins_at(self, day: int) -> datetime:
        """Return when a local day begins."""
        zone = ZoneInfo(self.period.time_zone)
        return datetime.combine(self.date(day), time.min, zone).astimezone(UTC)

    def hour_at(self, hour: int) -> datetime:
        """Return when an hour begins by local clocks."""
        local = datetime.combine(self.date(hour // 24), time(hour % 24))
        return local.replace(tzinfo=ZoneInfo(self.period.time_zone)).astimezone(UTC)

    @property
    def ends_in(self) -> int:
        """Return the hour with which the period ends, or that it has come to."""
        if self._now is None:
            return self.days * 24
        local = self._now.astimezone(ZoneInfo(self.period.time_zone))
        return (local.date() - self.period.day).days * 24 + local.hour
