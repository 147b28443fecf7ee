"""A summary's figures as Parquet: a row for each, of what, in typed columns, for other engines.

The same report gives the same rows, and the same bytes by the same version of DuckDB.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kassa.archive import warehouse
from kassa.core.model import Model
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.compared import RATES, Compared
from kassa.reports.breakdown.lines import Line
from kassa.reports.breakdown.rows import lines_of
from kassa.reports.frame import status_name
from kassa.reports.report import Report
from kassa.reports.summary.summary import FIGURES, CurrencySummary

QUERY = Path(__file__).with_name("queries") / "figures.sql"
DIMENSIONS = {  # of which each table of a breakdown is
    "gateways": "gateway",
    "methods": "method",
    "brands": "brand",
    "countries": "country",
    "channels": "channel",
    "products": "product",
}


class FigureRow(Model):
    """One figure: an amount in minor units, how many there were, a part of one."""

    dimension: str  # total, or by what it is: gateway, product, account
    figure: str
    member: str | None = None  # of the dimension, such as stripe/main
    of_period: str | None = None  # which earlier one a correction is of
    compared: str | None = None  # previous, year_before, usual_low, usual_middle, usual_high
    currency: str | None = None
    amount_minor: int | None = None
    count: int | None = None
    share: float | None = None


def parquet(report: Report) -> bytes:
    """Return a summary's figures as one Parquet file."""
    period = report.period
    head = {
        "merchant_id": report.merchant_id,
        "period": period.name,
        "first_day": str(period.days[0]),
        "last_day": str(period.days[-1]),
        "time_zone": period.time_zone,
        "status": status_name(report),
    }
    lines = (json.dumps(head | row.model_dump()) + "\n" for row in figure_rows(report))
    with tempfile.TemporaryDirectory() as path:
        given, made = Path(path, "figures.jsonl"), Path(path, "figures.parquet")
        given.write_text("".join(lines))
        with warehouse.connected() as connection:
            warehouse.run_file(connection, QUERY, lines=f"'{given}'", parquet=f"'{made}'")
        return made.read_bytes()


def figure_rows(report: Report) -> Iterator[FigureRow]:
    """Return every figure of a summary and its breakdown."""
    for each in report.currencies:
        yield from _totals(each)
        for account, minor in each.accounts.items():
            yield FigureRow(
                dimension="account",
                member=account,
                figure="moved",
                currency=each.currency,
                amount_minor=minor,
            )
    for correction in report.corrections:
        for each in correction.currencies:
            yield from _totals(each, correction.day)
    if report.breakdown is not None:
        yield from _of_breakdown(report.breakdown)


def _totals(each: CurrencySummary, of_period: str | None = None) -> Iterator[FigureRow]:
    about = {"dimension": "total", "currency": each.currency, "of_period": of_period}
    for name in FIGURES:
        yield FigureRow(figure=name, amount_minor=getattr(each, name).amount_minor, **about)
    rate = each.success_rate
    yield FigureRow(figure="captured_payments", count=each.captured_payments, share=rate, **about)
    failed = None if rate is None else round(1 - rate, 6)
    yield FigureRow(figure="failed_attempts", count=each.failed_attempts, share=failed, **about)


def _of_breakdown(found: Breakdown) -> Iterator[FigureRow]:
    for currency, cut, line in lines_of(found):
        yield from _of_line(DIMENSIONS[cut], currency, line)
    for one in found.compared:
        yield from _of_compared(one)
    for no in found.declined:
        yield FigureRow(
            dimension="decline",
            member=f"{no.gateway}/{no.code}",
            figure="failed",
            count=no.attempts,
        )


def _of_line(dimension: str, currency: str, line: Line) -> Iterator[FigureRow]:
    about = {"dimension": dimension, "member": line.name, "currency": currency}
    gross, rate = line.gross_minor, line.success_rate
    yield FigureRow(figure="gross", amount_minor=gross, share=line.share, **about)
    yield FigureRow(figure="captures", count=line.captures, share=rate, **about)
    failed = None if rate is None else round(1 - rate, 6)
    yield FigureRow(figure="failed", count=line.failed, share=failed, **about)
    if line.average_minor is not None:
        yield FigureRow(figure="average", amount_minor=line.average_minor, **about)
    for name, minor in (line.amounts or {}).items():
        if name != "gross":
            yield FigureRow(figure=name, amount_minor=minor, **about)


def _of_compared(one: Compared) -> Iterator[FigureRow]:
    place = None if one.gateway is None else f"{one.gateway}/{one.method}"
    about = {
        "dimension": "total" if place is None else "gateway_method",
        "member": place,
        "figure": one.figure,
        "currency": one.currency,
    }
    normal = one.normal
    values = {
        "now": one.value,
        "previous": one.previous,
        "year_before": one.year_before,
        "usual_low": normal.low if normal else None,
        "usual_middle": normal.middle if normal else None,
        "usual_high": normal.high if normal else None,
    }
    for compared, value in values.items():
        if value is None:
            continue
        if one.figure in RATES:
            yield FigureRow(compared=compared, share=round(value, 6), **about)
        elif one.currency is None or one.figure == "captures":
            yield FigureRow(compared=compared, count=round(value), **about)
        else:
            yield FigureRow(compared=compared, amount_minor=round(value), **about)
