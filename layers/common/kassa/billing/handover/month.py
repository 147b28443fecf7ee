"""A month of a seller's documents, by the calendar of the seller's time zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


class Month(NamedTuple):
    """A calendar month; documents belong to it by the date that they bear."""

    year: int
    number: int  # 1 to 12

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the month of a text such as 2026-11; raise InvalidRequest for any other."""
        found = _MONTH.fullmatch(text)
        if found is None or found[1] == "0000":
            raise InvalidRequest(f"month {text!r}: give it as 2026-11")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def before(cls, day: date) -> Self:
        """Return the last month that was over before a day's."""
        last = day.replace(day=1) - timedelta(days=1)
        return cls(last.year, last.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        """Return its first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return _first_of_next(self.first_day) - timedelta(days=1)

    def ends_at(self, time_zone: str) -> datetime:
        """Return the first instant that isn't in it any more."""
        midnight = datetime.combine(_first_of_next(self.first_day), time.min, ZoneInfo(time_zone))
        return midnight.astimezone(UTC)

    def refuse_open(self, merchant: Merchant, now: datetime) -> None:
        """Raise InvalidRequest while the month goes on: what it comes to isn't known."""
        if now < self.ends_at(merchant.time_zone):
            over_on = _first_of_next(self.first_day)
            raise InvalidRequest(
                f"month {self}: it isn't over before {over_on} ({merchant.time_zone})"
            )


def _first_of_next(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
