"""Rates of tax with the days on which they hold, and the tax that a class comes to on a day.

A merchant enters them, each with its source: no rule here guesses which class something belongs
to, nor whether a rate still holds.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model, Text
from kassa.core.tax import TAXED, Percent, Tax, TaxCategory, TaxedLine

RATES_MAX = 500
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
ClassName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Rate(Model):
    """What a class of a country is taxed at from one day to another, both included."""

    country: Country  # ISO 3166-1
    name: ClassName = Field(alias="class")  # the merchant's: standard, reduced, books
    category: TaxCategory
    rate: Annotated[Percent, Field(validate_default=True)] = Decimal(0)
    valid_from: date
    valid_until: date | None = None  # none: until another is entered
    reason: Text | None = None  # of what isn't taxed (BT-120)
    reason_code: Annotated[str, Field(pattern=r"^VATEX-[A-Z0-9-]{2,40}$")] | None = None  # BT-121
    source: Text  # the law, or the authority that publishes it
    noted_on: date  # when somebody read it there

    @field_validator("rate")
    @classmethod
    def _fits(cls, rate: Decimal, known: ValidationInfo) -> Decimal:
        """Refuse a rate where nothing is taxed, and none where something is."""
        category = known.data.get("category")
        if category is not None and (category in TAXED) != bool(rate):
            raise ValueError("is 0 where the category taxes nothing, and more for S and AA")
        return rate

    @field_validator("valid_until")
    @classmethod
    def _ends_after(cls, until: date | None, known: ValidationInfo) -> date | None:
        """Refuse a period that ends before it begins."""
        begins = known.data.get("valid_from")
        if until is not None and begins is not None and until < begins:
            raise ValueError("lies before valid_from")
        return until

    @property
    def tax(self) -> Tax:
        """Return how a line of this class is taxed."""
        return Tax(
            category=self.category,
            rate=self.rate,
            reason=self.reason,
            reason_code=self.reason_code,
        )

    def holds_on(self, day: date) -> bool:
        """Tell whether it is a day's rate."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class TaxRates(Model):
    """A merchant's rates, in the order they were written; version 0: nobody saved any."""

    version: int = 0
    saved_at: Instant | None = None
    rates: Annotated[tuple[Rate, ...], Field(max_length=RATES_MAX)] = ()


def tax_named(rates: Iterable[Rate], named: str, country: str, on: date) -> Tax:
    """Return the tax of a class on a day: the seller's country's, or another's as in SE/reduced.

    Raises InvalidRequest where there is none, saying which there are.
    """
    prefix, _, name = named.rpartition("/")
    country = prefix or country
    if not country:
        raise InvalidRequest(
            f"{named} is of no country: say which, such as FI/{name}, or PUT /seller to say whose"
        )
    of_day = [one for one in rates if one.country == country and one.holds_on(on)]
    found = next((one for one in of_day if one.name == name), None)
    if found is None:
        known = ", ".join(sorted({one.name for one in of_day})) or "none"
        raise InvalidRequest(f"{country} has no class {name} on {on}; the rates saved have {known}")
    return found.tax


def resolved_lines(
    lines: Sequence[TaxedLine], rates: Sequence[Rate], where_and_when: tuple[str, date]
) -> tuple[TaxedLine, ...]:
    """Return lines with the tax of their classes, where that isn't known yet.

    Raises InvalidRequest, with the line, for a class that isn't known in a country on a day.
    """
    found = []
    for at, line in enumerate(lines):
        if line.tax_class is None or line.tax is not None:
            found.append(line)
            continue
        try:
            tax = tax_named(rates, line.tax_class, *where_and_when)
        except InvalidRequest as error:
            raise InvalidRequest(f"lines.{at}.tax_class: {error}") from None
        found.append(line.model_copy(update={"tax": tax}))
    return tuple(found)
