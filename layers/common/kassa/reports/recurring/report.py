"""Monthly recurring revenue as all documents of a report say it."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kassa.core.model import Model
from kassa.reports.recurring.intervals import is_known, monthly

SUBSCRIBERS_MIN = 20  # at the opening, before a rate of them says anything


class Movement(StrEnum):
    """What changed a customer's recurring revenue, in the order in which it is shown."""

    NEW = "new"
    EXPANSION = "expansion"
    REACTIVATION = "reactivation"
    CONTRACTION = "contraction"
    CHURN = "churn"


class Total(NamedTuple):
    """What stood on a day in one currency at one interval; a year's minor units."""

    closing_on: date
    currency: str
    interval: str
    agreements_customers: int
    year_minor: int


class Moved(NamedTuple):
    """What moved between opening and closing in one currency; a year's minor units."""

    currency: str
    movement: Movement
    year_minor: int
    customers: int  # erased ones left out


class Counted(NamedTuple):
    """What was read of a period and the days before it."""

    closings: tuple[date, ...]  # the last is the period's last day, the one before the opening
    totals: tuple[Total, ...] = ()
    subscribers: tuple[tuple[date, str, int], ...] = ()
    moved: tuple[Moved, ...] = ()
    unassigned: tuple[tuple[str, int, int], ...] = ()

    def of(self, day: date, currency: str) -> list[Total]:
        """Return what stood at the end of a day in a currency, by interval."""
        place = day, currency
        return [one for one in self.totals if (one.closing_on, one.currency) == place]


class MovementLine(Model):
    """One movement: minor units a month, and the customers who made it."""

    movement: Movement
    mrr_minor: int
    customers: int


class IntervalLine(Model):
    """What agreements of one interval come to in a month."""

    interval: str  # ISO 8601, or P where the gateway doesn't say
    mrr_minor: int


class Closing(Model):
    """Recurring revenue and who brings it, at the end of a day."""

    on: date
    mrr_minor: int
    customers: int


class Recurring(Model):
    """One currency's recurring revenue; amounts are minor units a month."""

    currency: str
    opening_minor: int
    movements: tuple[MovementLine, ...]  # every kind; they add up to closing less opening
    closing_minor: int
    opening_customers: int
    customers: int
    assumed_minor: int  # of the closing: at an interval nobody said, so taken for a month's
    by_interval: tuple[IntervalLine, ...]
    past: tuple[Closing, ...]  # the ends of the months before and of this one, oldest first
    unassigned_payments: int  # this month's, without a payer: in no other figure
    unassigned_minor: int

    @property
    def customer_churn(self) -> float | None:
        """Return which part of customers left; nothing of too few."""
        return self._rate(self._customers(Movement.CHURN), self.opening_customers)

    @property
    def revenue_churn(self) -> float | None:
        """Return which part of revenue was lost, by leaving or paying less; nothing of too few."""
        lost = -self._minor(Movement.CHURN) - self._minor(Movement.CONTRACTION)
        return self._rate(lost, self.opening_minor)

    @property
    def net_retention(self) -> float | None:
        """Return what came of the opening's customers, as a part of it; nothing of too few."""
        names = (Movement.EXPANSION, Movement.CONTRACTION, Movement.CHURN)
        left = self.opening_minor + sum(map(self._minor, names))
        return self._rate(left, self.opening_minor)

    @property
    def each_minor(self) -> int | None:
        """Return what a customer brings on average, to the nearest minor unit."""
        return round(self.closing_minor / self.customers) if self.customers else None

    def _rate(self, part: int, of: int) -> float | None:
        enough = self.opening_customers >= SUBSCRIBERS_MIN and of > 0
        return part / of if enough else None

    def _minor(self, movement: Movement) -> int:
        return sum(one.mrr_minor for one in self.movements if one.movement is movement)

    def _customers(self, movement: Movement) -> int:
        return sum(one.customers for one in self.movements if one.movement is movement)


def recurring_of(counted: Counted) -> tuple[Recurring, ...]:
    """Return each currency's recurring revenue, by name; none where nothing ever recurred."""
    currencies = {one.currency for one in counted.totals} | {one[0] for one in counted.unassigned}
    currencies |= {one.currency for one in counted.moved}
    return tuple(_recurring(currency, counted) for currency in sorted(currencies))


def _recurring(currency: str, counted: Counted) -> Recurring:
    past = tuple(_closing(currency, on, counted) for on in counted.closings)
    opening, closing = past[-2], past[-1]
    last = counted.of(closing.on, currency)
    shares = monthly([one.year_minor for one in last])
    by_interval = tuple(
        IntervalLine(interval=one.interval, mrr_minor=minor)
        for one, minor in zip(last, shares, strict=True)
    )
    named = [one for one in counted.unassigned if one[0] == currency]
    return Recurring(
        currency=currency,
        opening_minor=opening.mrr_minor,
        movements=_movements(currency, counted, closing.mrr_minor - opening.mrr_minor),
        closing_minor=closing.mrr_minor,
        opening_customers=opening.customers,
        customers=closing.customers,
        assumed_minor=sum(one.mrr_minor for one in by_interval if not is_known(one.interval)),
        by_interval=by_interval,
        past=past,
        unassigned_payments=sum(one[1] for one in named),
        unassigned_minor=sum(one[2] for one in named),
    )


def _closing(currency: str, on: date, counted: Counted) -> Closing:
    (mrr_minor,) = monthly([sum(one.year_minor for one in counted.of(on, currency))])
    known = [one[2] for one in counted.subscribers if one[:2] == (on, currency)]
    return Closing(on=on, mrr_minor=mrr_minor, customers=sum(known))


def _movements(currency: str, counted: Counted, difference: int) -> tuple[MovementLine, ...]:
    """Return every kind of movement in a month's minor units, so that they add up exactly."""
    found = {one.movement: one for one in counted.moved if one.currency == currency}
    years = [found[name].year_minor if name in found else 0 for name in Movement]
    months = _fitted(years, difference)
    return tuple(
        MovementLine(
            movement=name,
            mrr_minor=minor,
            customers=found[name].customers if name in found else 0,
        )
        for name, minor in zip(Movement, months, strict=True)
    )


def _fitted(years: list[int], difference: int) -> list[int]:
    """Return twelfths whose sum is what the totals differ by: they were rounded on their own.

    What is left over, less than a minor unit a movement, goes to the largest remainders.
    """
    shares = [year // 12 for year in years]
    left = difference - sum(shares)
    order = sorted(range(len(years)), key=lambda n: (-(years[n] % 12), n))
    used = [n for n in order if years[n]] or order
    for n in used[: max(left, 0)]:
        shares[n] += 1
    return shares
