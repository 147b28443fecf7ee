"""Compared: each figure beside the period before, the same a year before, and what is normal."""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from statistics import median
from typing import Any, NamedTuple

from kassa.archive.tallies import Rollup
from kassa.core.model import Model
from kassa.core.periods import Period
from kassa.core.postings import ACCRUAL
from kassa.reports.breakdown.lines import (
    AMOUNTS,
    amounts_of,
    average,
    captures_of,
    count_of,
    gateway_of,
    method_of,
)
from kassa.reports.breakdown.normal import (
    ATTEMPTS_MIN,
    TIMES_MIN,
    Band,
    History,
    band,
    chance_of_rate,
    like,
    previous,
    year_before,
)

RATES = {  # of which facts to which
    "failure_rate": "PaymentFailed",
    "refund_rate": "RefundSucceeded",
    "dispute_rate": "DisputeOpened",
}

TIMES = {  # what an amount is of, where that isn't captures
    "reversals": "PaymentReversed",
    "refunds": "RefundSucceeded",
    "disputes": "DisputeOpened",
    "payouts": "PayoutPaid",
}


class Compared(Model):
    """One figure of one currency, or of a method at a gateway in all of them.

    Amounts are minor units, rates 0 to 1; what isn't known is none.
    """

    currency: str | None = None  # none: counts and rates alone, which add up over currencies
    gateway: str | None = None
    method: str | None = None
    figure: str
    value: float
    volume: int  # how many payments, attempts, refunds or disputes the value is of
    previous: float | None = None
    year_before: float | None = None
    normal: Band | None = None  # none: not enough data


class Value(NamedTuple):
    """A figure's value, and what it is of."""

    value: float
    volume: int

    @property
    def is_enough(self) -> bool:
        """Whether a rate is of enough attempts to say anything."""
        return self.volume >= ATTEMPTS_MIN


Values = dict[str, Value]
Measure = Callable[[Sequence[Rollup]], Values]
Key = Callable[[Rollup], Any]


def compared(
    rows: Sequence[Rollup], history: History, period: Period, is_closed: bool
) -> tuple[Compared, ...]:
    """Compare a period's figures, by currency and by method at each gateway.

    While the period goes on, its amounts and counts aren't held against whole ones. What was usual
    and isn't there is compared as well: as nothing.
    """
    periods = _Periods.of(rows, history, period, is_closed)
    found: list[Compared] = []
    for currency in periods.keys(_currency):
        found += periods.compare({"currency": currency}, (_currency, currency), measured)
    for gateway, method in periods.keys(_place):
        named = {"gateway": gateway, "method": method}
        found += periods.compare(named, (_place, (gateway, method)), attempted)
    return tuple(found)


def measured(rows: Sequence[Rollup]) -> Values:
    """Return the figures of one currency."""
    captures = captures_of(rows)
    amounts = amounts_of(rows)
    times = {name: count_of(rows, fact) for name, fact in TIMES.items()}
    found = {name: Value(amounts[name], times.get(name, captures)) for name in AMOUNTS}
    found |= attempted(rows)
    for name in ("refund_rate", "dispute_rate"):
        if captures:
            found[name] = Value(round(count_of(rows, RATES[name]) / captures, 6), captures)
    mean = average(amounts["gross"], captures)
    if mean is not None:
        found["average"] = Value(mean, captures)
    return found


def attempted(rows: Sequence[Rollup]) -> Values:
    """Return how many captures there were, and how often one was tried in vain."""
    captures, failed = captures_of(rows), count_of(rows, "PaymentFailed")
    found = {"captures": Value(captures, captures)}
    if captures + failed:
        rate = round(failed / (captures + failed), 6)
        found["failure_rate"] = Value(rate, captures + failed)
    return found


class _Past(NamedTuple):
    """What an earlier period came to; of an imported one failed attempts may not be known."""

    rows: Sequence[Rollup]
    knows_failures: bool

    def measured(self, measure: Measure, key: Key, value: Any) -> Values:
        """Return the figures of the rows that are alike, less those that nobody knows."""
        found = measure([row for row in self.rows if key(row) == value])
        if not self.knows_failures:
            found.pop("failure_rate", None)
        return found


def _past(history: History, period: Period) -> _Past | None:
    rows = history.of(period)
    return None if rows is None else _Past(rows, history.knows_failures(period))


class _Periods(NamedTuple):
    """What a period came to, and those it is compared to; none of what wasn't closed."""

    now: Sequence[Rollup]
    before: _Past | None
    year: _Past | None
    usual: tuple[_Past, ...]
    is_closed: bool

    @classmethod
    def of(
        cls, rows: Sequence[Rollup], history: History, period: Period, is_closed: bool
    ) -> "_Periods":
        found = [_past(history, one) for one in like(period)]
        return cls(
            now=rows,
            before=_past(history, previous(period)),
            year=_past(history, year_before(period)),
            usual=tuple(one for one in found if one is not None),
            is_closed=is_closed,
        )

    def keys(self, key: Key) -> list[Any]:
        """Return what there is to compare, now or usually, in order."""
        usual = (past.rows for past in self.usual)
        found = {key(row) for rows in (self.now, *usual) for row in rows if _is_money(row)}
        return sorted(each for each in found if each)

    def compare(
        self, named: dict[str, str], of: tuple[Key, Any], measure: Measure
    ) -> Iterator[Compared]:
        """Compare what is measured of some rows to what was of the same in other periods."""
        key, value = of
        before, year, *usual = (
            None if past is None else past.measured(measure, key, value)
            for past in (self.before, self.year, *self.usual)
        )
        for figure, now in measure([row for row in self.now if key(row) == value]).items():
            past = [one[figure] for one in usual if one and figure in one]
            yield Compared(
                **named,
                figure=figure,
                value=now.value,
                volume=now.volume,
                previous=_value(before, figure),
                year_before=_value(year, figure),
                normal=self._band(figure, now, past),
            )

    def _band(self, figure: str, now: Value, past: list[Value]) -> Band | None:
        if figure in RATES:
            rates = [each.value for each in past if each.is_enough]
            if not now.is_enough or not rates:
                return None
            return band(rates, chance_of_rate(sum(rates) / len(rates), now.volume))
        if not self.is_closed and figure != "average":
            return None
        if not past or median(each.volume for each in past) < TIMES_MIN:
            return None
        return band([each.value for each in past], _chance(figure, past))


def _chance(figure: str, past: Sequence[Value]) -> float:
    """Return how far a figure lies off by chance alone, as a standard deviation.

    Of n payments (refunds, disputes) that is their root, and of an amount the same part, but a
    twentieth at least, below which nobody asks.
    """
    amount = median(abs(each.value) for each in past)
    times = median(each.volume for each in past)
    if figure == "captures":
        return sqrt(times)
    return amount * max(1 / sqrt(max(times, 1.0)), 0.05)


def _value(values: Values | None, figure: str) -> float | None:
    found = None if values is None else values.get(figure)
    return None if found is None else found.value


def _currency(row: Rollup) -> str | None:
    return row.currency


def _place(row: Rollup) -> tuple[str, str] | None:
    """Return where an attempt was made; nothing of what is none."""
    is_attempt = row.fact in ("PaymentCaptured", "PaymentFailed")
    return (gateway_of(row), method_of(row)) if is_attempt else None


def _is_money(row: Rollup) -> bool:
    return row.fact == "PaymentFailed" or (row.kind is not None and row.kind not in ACCRUAL)
