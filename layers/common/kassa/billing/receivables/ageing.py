"""Ageing: what is owed of invoices on a day, by how long it has been due, in each currency.

What a customer paid beyond what was owed stands beside it and lowers none of it: whether it may be
set off is for people to say. Amounts of two currencies are never added up.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import printed
from kassa.billing.receivables.receivable import Receivable
from kassa.core.model import Model


class Age(StrEnum):
    """How many days ago something was due; what is due today isn't past due."""

    NOT_DUE = "not_due"
    DAYS_1_30 = "days_1_30"
    DAYS_31_60 = "days_31_60"
    DAYS_61_90 = "days_61_90"
    OVER_90 = "over_90"


LAST_DAYS = {Age.NOT_DUE: 0, Age.DAYS_1_30: 30, Age.DAYS_31_60: 60, Age.DAYS_61_90: 90}


class OpenItem(Model):
    """An invoice of which something is owed on a day."""

    number: str  # the invoice's, as it is printed
    customer_id: str | None
    order_id: str | None
    currency: str
    issued_on: date
    due_on: date  # what says nothing of it is due on the day of its issue
    total_minor: int  # of the invoice, with tax
    open_minor: int
    days_past_due: int  # 0 until the day after it is due
    age: Age
    promised_on: date | None  # by when the customer said to pay, as noted last


class Credit(Model):
    """What a customer paid beyond what is owed of an invoice on a day: it is theirs."""

    number: str  # the invoice's
    customer_id: str | None
    currency: str
    credit_minor: int


class Ageing(Model):
    """What is owed in one currency, by age; minor units."""

    currency: str
    not_due_minor: int = 0
    days_1_30_minor: int = 0
    days_31_60_minor: int = 0
    days_61_90_minor: int = 0
    over_90_minor: int = 0
    open_minor: int = 0  # all of them
    credit_minor: int = 0  # customers' own, beside what is owed and in none of it

    def minor_of(self, age: Age) -> int:
        """Return what is owed of one age."""
        return int(getattr(self, f"{age}_minor"))

    @property
    def overdue_minor(self) -> int:
        """Return what is past due."""
        return self.open_minor - self.not_due_minor


def age_of(days_past_due: int) -> Age:
    """Return the age of what has been due for so many days."""
    fitting = (age for age, last in LAST_DAYS.items() if days_past_due <= last)
    return next(fitting, Age.OVER_90)


def open_item(of: NumberEntry, receivable: Receivable, as_of: date) -> OpenItem | None:
    """Return what is owed of an invoice, from its receivable as it stood on a day; or none."""
    if not receivable.open_minor:
        return None
    due_on = receivable.due_on or of.issued_on
    days = max((as_of - due_on).days, 0)
    return OpenItem(
        number=printed(of.series, of.number),
        customer_id=of.customer_id,
        order_id=of.order_id,
        currency=of.currency,
        issued_on=of.issued_on,
        due_on=due_on,
        total_minor=of.gross_minor,
        open_minor=receivable.open_minor,
        days_past_due=days,
        age=age_of(days),
        promised_on=receivable.promised_on,
    )


def credit(of: NumberEntry, receivable: Receivable) -> Credit | None:
    """Return what of an invoice's payments is the customer's own, from the same; or none."""
    if receivable.credit_minor <= 0:
        return None
    return Credit(
        number=printed(of.series, of.number),
        customer_id=of.customer_id,
        currency=of.currency,
        credit_minor=receivable.credit_minor,
    )


def aged(items: Iterable[OpenItem], credits: Iterable[Credit]) -> tuple[Ageing, ...]:
    """Add up what is owed by currency and age, and customers' credits beside it."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in items:
        sums[one.currency][f"{one.age}_minor"] += one.open_minor
        sums[one.currency]["open_minor"] += one.open_minor
    for paid in credits:
        sums[paid.currency]["credit_minor"] += paid.credit_minor
    return tuple(Ageing(currency=currency, **sums[currency]) for currency in sorted(sums))


def together(ageings: Iterable[Ageing]) -> tuple[Ageing, ...]:
    """Add up the ageing of several pages or customers, each currency by itself."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in ageings:
        for name, minor in one.model_dump(exclude={"currency"}).items():
            sums[one.currency][name] += minor
    return tuple(Ageing(currency=currency, **sums[currency]) for currency in sorted(sums))
