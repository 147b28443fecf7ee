"""What customers are worth, whether they come back and who may leave, as all documents say it."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from kassa.core.model import Model

WORTH_MIN = 30  # payers, before an average of them says anything
SEGMENTS_MIN = 50  # payers, before they are parted into fifths
REGULARS_MIN = 20  # payers who came on three days or more, before their silence says anything
AGES = (0, 1, 3, 6, 12, 24)  # months after the first, whose worth is said


class Segment(StrEnum):
    """Which payers, by how recently and how often they paid."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    NEW = "new_or_rare"
    FADING = "fading"
    AT_RISK = "at_risk"
    LOST = "lost"


class Risk(StrEnum):
    """How long a regular payer has been silent, in their usual gaps."""

    CALM = "calm"
    LATE = "late"
    AT_RISK = "at_risk"
    GONE = "gone"


def segment_of(recency: int, frequency: int) -> Segment:
    """Return the segment of two scores, each from one to five; every pair has one."""
    if recency >= 4:
        often = Segment.LOYAL if frequency == 3 else Segment.CHAMPIONS
        return often if frequency >= 3 else Segment.NEW
    if recency == 3:
        return Segment.LOYAL if frequency >= 3 else Segment.FADING
    return Segment.AT_RISK if frequency >= 3 else Segment.LOST


class Group(Model):
    """Payers who are alike, and what was left of them in twelve months."""

    name: str  # a Segment's or a Risk's
    customers: int
    year_minor: int


class Aged(Model):
    """What was left of a payer on average, so many months after the first."""

    months: int
    mean_minor: int | None  # none of too few
    customers: int


class CohortMonth(Model):
    """A cohort in one month of its age."""

    age: int  # months after the first, which is 0
    customers: int  # who paid in it
    net_minor: int


class Cohort(Model):
    """Payers whose first payment was in one calendar month."""

    month: date
    customers: int
    months: tuple[CohortMonth, ...]


class Refunded(Model):
    """What was captured and refunded; minor units and how often."""

    captured_minor: int
    refunded_minor: int
    payments: int
    refunds: int

    @property
    def of_money(self) -> float | None:
        """Return which part of what was captured went back."""
        return self.refunded_minor / self.captured_minor if self.captured_minor else None


class Silent(Model):
    """A payer at risk of leaving, by id."""

    customer_id: str
    last_paid_on: date
    gap_days: int
    silent_days: int
    year_minor: int


class Customers(Model):
    """One currency's customers."""

    currency: str
    customers: int  # who ever paid, erased ones left out
    active: int  # who paid within the month
    new: int
    net_minor: int  # what is left of all of them
    nobody_minor: int  # of payers nobody named, or who were erased
    elsewhere_minor: int  # of customers who pay in other currencies: fees, as a rule
    mean_minor: int | None
    median_minor: int | None
    worth: tuple[Aged, ...]
    cohorts: tuple[Cohort, ...]  # oldest first; customers fall into one each
    segments: tuple[Group, ...]  # none of too few; customers fall into one each
    regulars: int  # who paid on three days or more
    risks: tuple[Group, ...]  # none of too few regulars
    at_risk: tuple[Silent, ...]
    month: Refunded
    year: Refunded


class Counted(NamedTuple):
    """What queries read: rows that begin with their currency."""

    ends_on: date
    totals: Sequence[tuple[Any, ...]]
    worth: Sequence[tuple[Any, ...]]
    cohorts: Sequence[tuple[str, date, int, int, int]]
    scores: Sequence[tuple[str, int, int, int, int, int]]
    risks: Sequence[tuple[str, str, int, int]]
    at_risk: Sequence[tuple[str, str, date, int, int, int]]


def customers_of(counted: Counted) -> tuple[Customers, ...]:
    """Return what is said of each currency, by its name."""
    return tuple(_customers(row, counted) for row in counted.totals)


def _customers(total: tuple[Any, ...], counted: Counted) -> Customers:
    currency, *figures, nobody_minor, net_minor = total
    found = [row[1:] for row in counted.worth if row[0] == currency]
    customers, kept_minor, median, active, new = found[0] if found else (0, 0, 0, 0, 0)
    cohorts = _cohorts(currency, counted)
    enough = customers >= WORTH_MIN
    return Customers(
        currency=currency,
        customers=customers,
        active=active,
        new=new,
        net_minor=kept_minor,
        nobody_minor=nobody_minor,
        elsewhere_minor=net_minor - kept_minor - nobody_minor,
        mean_minor=round(kept_minor / customers) if enough else None,
        median_minor=median if enough else None,
        worth=tuple(_aged(months, cohorts, counted.ends_on) for months in AGES),
        cohorts=cohorts,
        segments=_segments(currency, customers, counted),
        regulars=sum(row[2] for row in counted.risks if row[0] == currency),
        risks=_risks(currency, counted),
        at_risk=tuple(
            Silent(
                customer_id=row[1],
                last_paid_on=row[2],
                gap_days=row[3],
                silent_days=row[4],
                year_minor=row[5],
            )
            for row in counted.at_risk
            if row[0] == currency
        ),
        month=_refunded(figures[:4]),
        year=_refunded(figures[4:]),
    )


def _refunded(figures: Sequence[int]) -> Refunded:
    names = ("captured_minor", "refunded_minor", "payments", "refunds")
    return Refunded(**dict(zip(names, figures, strict=True)))


def _cohorts(currency: str, counted: Counted) -> tuple[Cohort, ...]:
    months: dict[date, list[CohortMonth]] = {}
    for of, month, age, customers, net_minor in counted.cohorts:
        if of == currency:
            one = CohortMonth(age=age, customers=customers, net_minor=net_minor)
            months.setdefault(month, []).append(one)
    return tuple(
        Cohort(month=month, customers=_first(rows), months=tuple(rows))
        for month, rows in sorted(months.items())
    )


def _first(months: Sequence[CohortMonth]) -> int:
    return sum(one.customers for one in months if one.age == 0)


def _aged(months: int, cohorts: Sequence[Cohort], ends_on: date) -> Aged:
    """Return what cohorts that are old enough had left after so many months, for each payer."""
    last = ends_on.year * 12 + ends_on.month
    old = [one for one in cohorts if one.month.year * 12 + one.month.month + months <= last]
    customers = sum(one.customers for one in old)
    net = sum(each.net_minor for one in old for each in one.months if each.age <= months)
    mean = round(net / customers) if customers >= WORTH_MIN else None
    return Aged(months=months, mean_minor=mean, customers=customers)


def _segments(currency: str, customers: int, counted: Counted) -> tuple[Group, ...]:
    if customers < SEGMENTS_MIN:
        return ()
    rows = [row for row in counted.scores if row[0] == currency]
    return tuple(
        Group(
            name=segment,
            customers=sum(row[3] for row in rows if segment_of(row[1], row[2]) is segment),
            year_minor=sum(row[4] for row in rows if segment_of(row[1], row[2]) is segment),
        )
        for segment in Segment
    )


def _risks(currency: str, counted: Counted) -> tuple[Group, ...]:
    found = {row[1]: row for row in counted.risks if row[0] == currency}
    if sum(row[2] for row in found.values()) < REGULARS_MIN:
        return ()
    none = ("", "", 0, 0)
    return tuple(
        Group(name=risk, customers=row[2], year_minor=row[3])
        for risk in Risk
        for row in [found.get(risk.value, none)]
    )
