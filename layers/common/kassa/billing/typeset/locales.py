"""How a language writes dates, amounts and quantities.

The patterns are CLDR's, by Babel; how many decimals a currency has is ISO 4217's, by
`kassa.core.money`, for the two differ in thirteen currencies.
"""

import datetime
import re
from copy import copy
from decimal import Decimal
from functools import cache, lru_cache

import babel
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, get_currency_symbol

from kassa.core.money import Money, minor_digits, to_decimal

MINUS = "−"
BUDDHIST_YEARS = 543
KEPT = 256  # quantities and rates of documents are few, and often the same
_REIWA_BEGAN = datetime.date(2019, 5, 1)
_SYMBOLS = {"JPY": "¥"}  # CLDR has JP¥, and in Japanese the full-width ￥
_CODE_BEFORE_DIGIT = re.compile(r"([A-Z]{3})(?=\d)")


class Locale:
    """One language's way with dates and numbers; `local_years` counts Thai and Japanese years."""

    def __init__(self, name: str, local_years: bool = False) -> None:
        self._locale = _babels(name)
        self._local_years = local_years
        symbols = self._locale.number_symbols["latn"]
        self._group, self._point = str(symbols["group"]), str(symbols["decimal"])

    def date(self, day: datetime.date, length: str = "medium") -> str:
        """Return a day: 21 November 2026, 2026年11月21日, 21.11.2026."""
        text = format_date(day, format=length, locale=self._locale)
        if not self._local_years:
            return text
        return self._with_local_year(day, text)

    def time(self, at: datetime.time | datetime.datetime) -> str:
        """Return a time of day: 18:00, 18.00, 6:00 PM."""
        return format_time(at, "short", locale=self._locale)

    def _with_local_year(self, day: datetime.date, text: str) -> str:
        language, year = self._locale.language, str(day.year)
        if language == "th":
            return text.replace("ค.ศ. ", "").replace(year, str(day.year + BUDDHIST_YEARS))
        if language == "ja" and day >= _REIWA_BEGAN:
            era = day.year - _REIWA_BEGAN.year + 1
            return f"令和{'元' if era == 1 else era}年{day.month}月{day.day}日"
        return text

    def country(self, code: str) -> str:
        """Return what a country is called; a code that CLDR doesn't know stands for itself."""
        return str(self._locale.territories.get(code, code))

    def money(self, minor: int, currency: str) -> str:
        """Return an amount with its currency: €1,234.50, 1 234,50 €, ¥5,000."""
        pattern = _with_decimals(self._locale.currency_formats["standard"], *_digits(currency))
        value = _decimal(minor, currency)
        text = pattern.apply(value, self._locale, currency=currency, currency_digits=False)
        symbol = get_currency_symbol(currency, self._locale)
        ours = _SYMBOLS.get(currency, symbol)
        text = text.replace(symbol, ours).replace("-", MINUS)
        return _CODE_BEFORE_DIGIT.sub("\\1\N{NO-BREAK SPACE}", text)

    def amount(self, minor: int, currency: str) -> str:
        """Return an amount without its currency, as it stands in a column.

        Babel would take a tenth of what typesetting a document does for its amounts; a test holds
        that both write the same.
        """
        digits = minor_digits(currency)
        whole, part = divmod(abs(minor), 10**digits)
        text = f"{whole:,}".replace(",", self._group)
        if digits:
            text += f"{self._point}{part:0{digits}}"
        return MINUS + text if minor < 0 else text

    def number(self, value: Decimal) -> str:
        """Return a quantity with the decimals it has."""
        return _number(self._locale, value)

    def fixed(self, value: float | Decimal, decimals: int) -> str:
        """Return a number with as many decimals, and thousands together."""
        return f"{value:.{decimals}f}".replace(".", self._point)

    def percent(self, rate: Decimal) -> str:
        """Return a rate in percent: 25.5%, 25,5 %."""
        return _percent(self._locale, rate)


@cache
def _babels(name: str) -> babel.Locale:
    return babel.Locale.parse(name)


@lru_cache(KEPT)
def _number(locale: babel.Locale, value: Decimal) -> str:
    return _applied(_with_decimals(locale.decimal_formats[None], 0, 6), value, locale)


@lru_cache(KEPT)
def _percent(locale: babel.Locale, rate: Decimal) -> str:
    return _applied(_with_decimals(locale.percent_formats[None], 0, 4), rate / 100, locale)


@cache
def _with_decimals(pattern: NumberPattern, least: int, most: int) -> NumberPattern:
    """Return a pattern of CLDR's with decimals of our own."""
    ours = copy(pattern)
    ours.frac_prec = (least, most)
    return ours


def _applied(pattern: NumberPattern, value: Decimal, locale: babel.Locale) -> str:
    return str(pattern.apply(value, locale)).replace("-", MINUS)


def _decimal(minor: int, currency: str) -> Decimal:
    return to_decimal(Money(amount_minor=minor, currency=currency))


def _digits(currency: str) -> tuple[int, int]:
    return minor_digits(currency), minor_digits(currency)
