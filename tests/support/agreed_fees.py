"""Fees that were charged beside a contract, and what drifts from it."""

from datetime import date, timedelta
from typing import Any

from kassa.reports.anomalies.rules.agreed import Allowed, allowed
from kassa.reports.anomalies.rules.fees import drifting
from kassa.reports.fees.contracts.contract import FeeContract, FeeContracts, FeeLine

TODAY = date(2026, 11, 20)

OF = ("stripe", "main", "card", "visa", "EUR", "EUR")

Sums = tuple[int, int, int, int, int]


def line(percent: str = "1.5", **more: Any) -> FeeLine:
    return FeeLine(method="card", currency="EUR", percent=percent, fixed_minor=25, **more)


def contract(*lines: FeeLine, since: date = date(2026, 1, 1)) -> FeeContract:
    return FeeContract(gateway="stripe", since=since, source="signed", fees=lines or (line(),))


def contracts(*more: FeeContract) -> FeeContracts:
    return FeeContracts(version=1, contracts=more or (contract(),))


def charged(count: int, fee_minor: int, gross_minor: int = 10_00) -> Sums:
    """Return the sums of so many payments of one amount, with all their fees together."""
    return (count, count * gross_minor, fee_minor, count * gross_minor**2, fee_minor * gross_minor)


def drifts(days: dict[int, Sums], known: FeeContracts) -> list[tuple[int, bool, int]]:
    def agreed(day: int, seen: Sums) -> Allowed | None:
        return allowed(known, OF, TODAY + timedelta(days=day), (seen[0], seen[1]))

    return [(one.day, one.is_agreed, one.extra_minor) for one in drifting(days, 1, agreed)]
