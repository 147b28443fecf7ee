"""What a report of anomalies says, and how it writes amounts, spans and places.

In English as it did before reports had other languages: closed ones stay the same bytes.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path

from kassa.core.money import Money
from kassa.core.money_texts import printed
from kassa.reports import localization
from kassa.reports.anomalies.finding import gateway_name, method_name

TEXTS = Path(__file__).parents[1] / "texts"
_UNITS = (("day", 172_800), ("hour", 3_600), ("minute", 60), ("second", 1))
_DAY_S = 86_400


class Texts(localization.Texts):
    """The words of anomalies in one language."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag, TEXTS)

    def place(self, gateway: str, account: str = "main") -> str:
        """Return a gateway's account as people call it."""
        return gateway_name(gateway, account)

    def method(self, method: str) -> str:
        """Return a payment method at the begin of a sentence."""
        return method_name(method) if self.is_english else self.name("methods", method)

    def brand(self, name: str) -> str:
        """Return a brand or a method within a sentence."""
        return self.method(name).lower() if self.is_english else self.name("methods", name)

    def printed(self, minor: float, currency: str) -> str:
        """Return an amount with its currency."""
        if self.is_english:
            return printed(Money(amount_minor=round(minor), currency=currency))
        return self.money(minor, currency)

    def span(self, span: timedelta) -> str:
        """Return how long something is, in its largest unit."""
        seconds = span.total_seconds()
        for unit, least in _UNITS:
            if seconds >= least:
                count = round(seconds / (_DAY_S if unit == "day" else least))
                return self.counted(f"spans.{unit}", count)
        return self("spans.less")

    def times(self, value: float) -> str:
        """Return how many times as much something is, in words where there are some."""
        rounded = round(value)
        if abs(value - rounded) < 0.25 and rounded in (2, 3):
            return self("times.twice" if rounded == 2 else "times.thrice")
        number = self.decimal(value, 1) if value < 10 else self.number(round(value))
        return self("times.more", times=number)


@cache
def in_english() -> Texts:
    """Return the words of whoever says no language."""
    return Texts("en")
