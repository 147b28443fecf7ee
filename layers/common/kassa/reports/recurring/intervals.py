"""How often an agreement collects: how long one payment counts, and what it comes to in a year."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple, Self

from kassa.gateways.events import UNSAID

GRACE = timedelta(days=7)  # a renewal that is retried, or whose event comes late, is no churn
MONTHS_OF_YEAR, WEEKS_OF_YEAR, DAYS_OF_YEAR = 12, 52, 365
_INTERVAL = re.compile(r"P(\d{1,4})([DWMY])")


class Interval(NamedTuple):
    """So many months, or so many days, between two payments of an agreement."""

    months: int = 0
    days: int = 0
    times: int = 1  # in a year, of so many intervals: 52 of two weeks are 26 payments
    of: int = 1

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `P1M` and the like; what isn't said, or isn't one, is a month."""
        found = _INTERVAL.fullmatch(text)
        count, unit = (int(found[1]), found[2]) if found and int(found[1]) else (1, "M")
        if unit == "D":
            return cls(days=count, times=DAYS_OF_YEAR, of=count)
        if unit == "W":
            return cls(days=7 * count, times=WEEKS_OF_YEAR, of=count)
        if unit == "Y":
            return cls(months=12 * count, of=count)
        return cls(months=count, times=MONTHS_OF_YEAR, of=count)

    def until(self, paid_on: date) -> date:
        """Return the last day on which a payment counts: when the next is due, and GRACE more."""
        months = paid_on.year * 12 + paid_on.month - 1 + self.months
        year, month = months // 12, months % 12 + 1
        day = min(paid_on.day, monthrange(year, month)[1])
        return date(year, month, day) + timedelta(days=self.days) + GRACE


def is_known(text: str) -> bool:
    """Whether the gateway said how often it collects."""
    return text != UNSAID


def monthly(parts: list[int]) -> list[int]:
    """Return a twelfth of each of some yearly amounts, which add up to a twelfth of their sum.

    Amounts are whole minor units; what is left by rounding goes to the largest remainders, the
    first of equals. The sum's twelfth is rounded half up.
    """
    total = (2 * sum(parts) + MONTHS_OF_YEAR) // (2 * MONTHS_OF_YEAR)
    shares = [part // MONTHS_OF_YEAR for part in parts]
    left = total - sum(shares)
    order = sorted(range(len(parts)), key=lambda n: (-(parts[n] % MONTHS_OF_YEAR), n))
    for n in order[:left]:
        shares[n] += 1
    return shares
