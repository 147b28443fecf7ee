"""What a summary says, language by language: a file in `texts/` for each, all of the same keys."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import babel
from babel.dates import format_date

from kassa.archive.tallies import UNKNOWN
from kassa.billing.typeset.locales import Locale
from kassa.billing.typeset.texts import language_of
from kassa.reports.breakdown.attention import Need
from kassa.reports.rates.rates import Quote

FOLDER = Path(__file__).with_name("texts")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
TWICE = (1.9, 2.1)  # what people call twice


class Words:
    """The words of one language, and how it writes amounts, rates and days."""

    def __init__(self, tag: str) -> None:
        found = language_of(tag)
        self.language = found if found in LANGUAGES else "en"
        self._texts = texts_of(self.language)
        self._name = self._texts["locale"]
        self._locale = Locale(self._name)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text by its table and name, such as first.net, filled in."""
        table, _, name = key.partition(".")
        text: str = self._texts[table][name]
        return text.format(**values) if values else text

    def name(self, table: str, code: str) -> str:
        """Return what something is called; what has no word is called as it is, in words."""
        found: str = self._texts[table].get(code, code.replace("_", " "))
        return found

    def amount(self, minor: float, currency: str) -> str:
        """Return an amount without its currency."""
        return self._locale.amount(round(minor), currency)

    def money(self, minor: float, currency: str) -> str:
        """Return an amount with its ISO 4217 code, which no two currencies share."""
        return f"{self.amount(minor, currency)} {currency}"

    def rate(self, rate: float) -> str:
        """Return a rate in percent, to a tenth."""
        return self._locale.percent(Decimal(str(round(rate * 100, 1))))

    def number(self, number: float) -> str:
        """Return a count, or how many times something is."""
        return self._locale.number(Decimal(str(round(number, 1))).normalize())

    def weekday(self, day: date) -> str:
        """Return a day as people of a week say it."""
        return format_date(day, self._texts.get("weekday", "EEEE"), locale=self._babels())

    def day(self, day: date) -> str:
        """Return a day in full."""
        return format_date(day, "full", locale=self._babels())

    def month(self, day: date) -> str:
        """Return a day's month."""
        return format_date(day, self._texts.get("month", "LLLL y"), locale=self._babels())

    def gateway(self, place: str) -> str:
        """Return a gateway as people write it; its account, unless it is the only usual one."""
        name, _, account = place.partition("/")
        shown = GATEWAYS.get(name, name.capitalize())
        return shown if account == "main" else f"{shown} ({account})"

    def quote(self, quote: Quote) -> str:
        """Return a rate with its source and its day."""
        return f"{quote.per_euro} ({quote.source}, {quote.day})"

    def brand(self, name: str) -> str:
        """Return a brand behind its method."""
        method, _, brand = name.partition("/")
        shown = self.name("methods", UNKNOWN) if brand == UNKNOWN else brand.replace("_", " ")
        return f"{self.name('methods', method)}: {shown}"

    def need(self, need: Need) -> str:
        """Return what needs someone, as a sentence."""
        values: dict[str, Any] = {"currency": need.currency, "figure": need.figure, "since": ""}
        values["count"] = self.number(need.count or 0)
        values["gateway"] = self.gateway(need.gateway or "")
        values["method"] = self.name("methods", need.method or UNKNOWN)
        if need.value is not None and need.usual is not None:
            values["value"], values["usual"] = self._figures(need, need.value, need.usual)
            values["times"] = self._times(need.value, need.usual)
        if need.since:
            values["since"] = self("needs.since", day=self.weekday(need.since))
        return self(f"needs.{need.code}", **values)

    def _figures(self, need: Need, value: float, usual: float) -> tuple[str, str]:
        if (need.figure or "").endswith("_rate"):
            return self.rate(value), self.rate(usual)
        if need.figure == "captures" or need.currency is None:
            return self.number(round(value)), self.number(round(usual))
        return self.money(value, need.currency), self.money(usual, need.currency)

    def _times(self, value: float, usual: float) -> str:
        if usual <= 0:
            return self("needs.often")
        times = value / usual
        if TWICE[0] <= times <= TWICE[1]:
            return self("needs.twice")
        return self("needs.times", times=self.number(times))

    def _babels(self) -> babel.Locale:
        return babel.Locale.parse(self._name)


GATEWAYS = {"paypal": "PayPal", "btcpay": "BTCPay", "manual": "Kassa"}


@cache
def texts_of(language: str) -> Mapping[str, Any]:
    """Return all texts of a language, table by table."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
