"""Rows as the queries of anomalies return them, and what their rules find in them."""

from datetime import date
from typing import Any

from kassa.core.periods import Period
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.rules import payments
from kassa.reports.anomalies.rules.cells import Cells
from kassa.reports.anomalies.rules.localization import in_english

MINUTE_US, AT = 60_000_000, 1_795_000_000_000_000


DAY = Period.of(date(2026, 11, 20), "UTC")


def pair(gap_us: int, order: str | None, earlier: str | None) -> tuple[Any, ...]:
    """Return two payments of a customer as the query does."""
    return ("cus", "EUR", 500, "stripe", "main", "b", "e2", order, AT, AT,
            "a", "e1", earlier, AT - gap_us)  # fmt: skip


def declined(failures: int) -> list[Finding]:
    row = ("stripe", "main", "pi", "EUR", 500, "cus", failures, 2, AT, AT, ["e"])
    return list(payments.failed_then_success([row], "UTC", in_english()))


def small_run(failed: int, tried: int) -> list[Finding]:
    row = ("stripe", "main", "EUR", AT, AT, tried, failed, failed, 100, ["p"], ["e"])
    return list(payments.card_testing([row], "UTC", in_english()))


def bought(count: int, orders: int) -> list[Finding]:
    row = ("cus", "EUR", "stripe", "main", count, orders, 500, AT, AT, AT, ["p"], ["e"])
    return list(payments.velocity([row], "UTC", in_english()))


def large(minor: int, earlier: int, mad: int) -> list[Finding]:
    row = ("cus", "EUR", "stripe", "main", "p", "e", minor, AT, AT, earlier, 1_000, mad)
    return list(payments.unusual_for_customer([row], "UTC", in_english()))


def cells(*rows: tuple[Any, ...]) -> Cells:
    return Cells(rows, DAY)


def of(day: int, hour: int, fact: str, count: int, minor: int = 0) -> tuple[Any, ...]:
    return (day, hour, "stripe", "main", "card", fact, "EUR", count, minor)
