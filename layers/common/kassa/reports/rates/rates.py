"""Rates and what they convert: exact until the last step, which rounds half to even.

All are units of a currency per euro, as the ECB states them; two other currencies meet over it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from kassa.core.model import Model
from kassa.core.money import minor_digits
from kassa.core.periods import DAY

EURO = "EUR"
AGE_MAX = 7 * DAY  # how long before its day a rate may have been stated: feast days, weekends
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$")]


class DayRates(Model):
    """The rates that one source states of one day."""

    day: date
    source: str
    per_euro: dict[str, Rate]


class MonthRates(Model):
    """The rates of a month, as they were known at a version; of two of a day the later counts."""

    month: str  # 2026-11
    version: int = 0
    days: tuple[DayRates, ...] = ()

    def with_days(self, days: Iterable[DayRates]) -> "MonthRates":
        """Return the month with more rates; the same version where it has them already."""
        known = quotes_of(self.days)
        new = tuple(
            one
            for one in days
            if any(
                known.get((one.day, currency)) != (rate, one.source)
                for currency, rate in one.per_euro.items()
            )
        )
        if not new:
            return self
        return MonthRates(month=self.month, version=self.version + 1, days=(*self.days, *new))


class Quote(Model):
    """A currency's rate for a period: units per euro, of which day, by whom."""

    per_euro: Rate
    day: date
    source: str


class Converted(Model):
    """One currency's part of a total in another."""

    currency: str
    quote: Quote | None  # none: there is no rate, and so no total
    amounts: dict[str, int] | None  # figures, in minor units of the reporting currency


class Conversion(Model):
    """All currencies in one; no posting ever is, so nothing here is part of the books."""

    currency: str
    base: Quote | None  # the reporting currency's own rate; none of the euro
    parts: tuple[Converted, ...]
    totals: dict[str, int] | None  # none while a rate is missing
    missing: tuple[str, ...]


def quotes_of(days: Iterable[DayRates]) -> dict[tuple[date, str], tuple[str, str]]:
    """Return rate and source by day and currency; what was entered later counts."""
    return {
        (one.day, currency): (rate, one.source)
        for one in days
        for currency, rate in one.per_euro.items()
    }


def quotes_on(days: Iterable[DayRates], on: date) -> dict[str, Quote]:
    """Return the last rate of each currency on or shortly before a day."""
    found: dict[str, Quote] = {}
    for (day, currency), (rate, source) in sorted(quotes_of(days).items()):
        if on - AGE_MAX <= day <= on:
            found[currency] = Quote(per_euro=rate, day=day, source=source)
    return found


def conversion(
    amounts: Mapping[str, Mapping[str, int]], to: str, quotes: Mapping[str, Quote]
) -> Conversion:
    """Convert each currency's figures; `amounts` are minor units by currency and figure."""
    parts = [_part(currency, amounts[currency], to, quotes) for currency in sorted(amounts)]
    missing = [part.currency for part in parts if part.amounts is None]
    figures = list(dict.fromkeys(name for of in amounts.values() for name in of))
    totals = {name: sum((part.amounts or {}).get(name, 0) for part in parts) for name in figures}
    return Conversion(
        currency=to,
        base=quotes.get(to) if to != EURO else None,
        parts=tuple(parts),
        totals=None if missing or not parts else totals,
        missing=tuple(missing),
    )


def _part(
    currency: str, amounts: Mapping[str, int], to: str, quotes: Mapping[str, Quote]
) -> Converted:
    quote = quotes.get(currency)
    if currency == to:
        return Converted(currency=currency, quote=quote, amounts=dict(amounts))
    rate, base = _per_euro(currency, quotes), _per_euro(to, quotes)
    if rate is None or base is None:
        return Converted(currency=currency, quote=quote, amounts=None)
    factor = base / rate * Fraction(10) ** (minor_digits(to) - minor_digits(currency))
    converted = {name: round(minor * factor) for name, minor in amounts.items()}
    return Converted(currency=currency, quote=quote, amounts=converted)


def _per_euro(currency: str, quotes: Mapping[str, Quote]) -> Fraction | None:
    if currency == EURO:
        return Fraction(1)
    quote = quotes.get(currency)
    return Fraction(quote.per_euro) if quote else None


def months_of(days: Sequence[DayRates]) -> dict[str, list[DayRates]]:
    """Return days by their month."""
    found: dict[str, list[DayRates]] = {}
    for one in days:
        found.setdefault(f"{one.day:%Y-%m}", []).append(one)
    return found
