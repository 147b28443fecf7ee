"""What a summary says beside what all reports do: rates, and what needs someone."""

from pathlib import Path
from typing import Any

from kassa.archive.report_names import LAYOUT, UNKNOWN
from kassa.reports import localization
from kassa.reports.breakdown.attention import Need
from kassa.reports.breakdown.placed import OTHERS
from kassa.reports.rates.rates import Quote

TEXTS = Path(__file__).with_name("texts")
DEDUCTED = 5  # the first that writes what is taken off the net as that, and never below zero
TWICE = (1.9, 2.1)  # what people call twice


class Texts(localization.Texts):
    """The texts of a summary in one language."""

    def __init__(self, tag: str, layout: int = LAYOUT) -> None:
        super().__init__(tag, TEXTS, layout)
        self.is_deducted = layout >= DEDUCTED

    def quote(self, quote: Quote) -> str:
        """Return a rate with its source and its day."""
        return f"{quote.per_euro} ({quote.source}, {quote.day})"

    def line(self, cut: str, name: str) -> str:
        """Return what a line of a table is called."""
        if cut == "brands":
            return self.brand(name)
        if cut == "countries":
            return self._babels().territories.get(name) or self.name("methods", name)
        if name == OTHERS:
            return self("columns.others")
        is_ours = cut == "methods" or name == UNKNOWN
        return self.name("methods", name) if is_ours else name

    def nothing(self, is_known: bool, findings: int | None) -> str:
        """Say that the totals need nobody, and how much the report of anomalies found."""
        if not findings:
            return self("first.nothing" if is_known else "first.nothing_known")
        first = self("first.nothing_in_totals" if is_known else "first.nothing_known")
        return f"{first} {self('first.findings', count=self.number(findings))}"

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
