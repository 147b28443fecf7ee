"""Local days by the wall clock alone: which day an instant is of, and which days a period has."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class Span(NamedTuple):
    """The local days of a period, in order, and the zone they are of."""

    days: tuple[date, ...]
    zone: str

    @classmethod
    def of(cls, kind: str, first: date, zone: str) -> "Span":
        """Return the days of the day, week or month that begins on a day."""
        count = {"daily": 1, "weekly": 7}.get(kind)
        if count is None:
            following = (first.replace(day=1) + 31 * DAY).replace(day=first.day)
            count = (following - first).days
        return cls(tuple(first + n * DAY for n in range(count)), zone)

    def has(self, at: datetime) -> bool:
        """Tell whether an instant lies in it, by the wall clock."""
        return self.days[0] <= day_of(at, self.zone) <= self.days[-1]

    def step(self, at: datetime) -> int:
        """Return in which part of it an instant lies: its hour of one day, its day of many."""
        if len(self.days) > 1:
            return self.days.index(day_of(at, self.zone))
        return (at - begins_at(self.days[0], self.zone)) // timedelta(hours=1)

    @property
    def steps(self) -> int:
        """Return how many parts it has."""
        if len(self.days) > 1:
            return len(self.days)
        edges = [begins_at(self.days[0] + n * DAY, self.zone) for n in (0, 1)]
        return -((edges[0] - edges[1]) // timedelta(hours=1))


def day_of(at: datetime, zone: str) -> date:
    """Return the date on a wall clock."""
    return at.astimezone(ZoneInfo(zone)).date()


def begins_at(day: date, zone: str) -> datetime:
    """Return the first second at which a wall clock shows a day, or a later one: by halving."""
    least = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 2 * 86_400
    most = least + 4 * 86_400
    while most - least > 1:
        middle = (least + most) // 2
        is_there = day_of(datetime.fromtimestamp(middle, UTC), zone) >= day
        least, most = (least, middle) if is_there else (middle, most)
    return datetime.fromtimestamp(most, UTC)
