"""The fee analysis as documents: JSON for programs, CSV for spreadsheets, HTML for people."""

import io
import json
from collections.abc import Iterator
from typing import Any

from kassa.archive.report_names import PLAIN
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.fees.analysis import Audit, CurrencyFees, Segment
from kassa.reports.fees.headlines import Texts
from kassa.reports.fees.page import page
from kassa.reports.fees.report import FeeReport
from kassa.reports.fees.savings import Alternative
from kassa.reports.frame import status_name
from kassa.reports.localization import language_in

COLUMNS = (
    *("period", "time_zone", "status", "section", "currency", "gateway", "account", "method"),
    *("brand", "region", "paid_currency", "item", "amount", "amount_minor", "count", "percent"),
)
DOCUMENTS = ("fees.html", "fees.csv", "fees.json")


def documents(report: FeeReport) -> dict[str, bytes]:
    """Return every document; the same report gives the same bytes."""
    texts = Texts(language_in(report.manifest))
    made = (page(report, texts), _csv(report), _json(report))
    return {name: text.encode() for name, text in zip(DOCUMENTS, made, strict=True)}


def _json(report: FeeReport) -> str:
    first: dict[str, Any] = {"title": report.title, "headlines": list(report.headlines)}
    content = report.model_dump(mode="json", exclude={"manifest"})
    content["currencies"] = [
        each.model_dump(mode="json") | {"unproven_minor": each.unproven_minor}
        for each in report.currencies
    ]
    document = {**first, "manifest": "manifest.json", **content}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _csv(report: FeeReport) -> str:
    text = io.StringIO()
    write = csv_writer(text, is_plain=report.manifest.layout >= PLAIN)
    write(COLUMNS)
    period = report.period
    head = (period.name, period.time_zone, status_name(report.manifest))
    for row in _rows(report):
        write((*head, *row))
    return text.getvalue()


def _rows(report: FeeReport) -> Iterator[tuple[Cell, ...]]:
    for each in report.currencies:
        yield from _total_rows(each)
        for segment in each.segments:
            yield from _segment_rows(segment)
        for beside in each.beside:
            where = ("beside", each.currency, beside.gateway, beside.account)
            yield _row(where, beside.cause, beside.fee_minor, beside.movements)
        for audit in each.audits:
            yield from _audit_rows(audit, each.currency)
        for one in each.alternatives:
            yield from _alternative_rows(one)
    for correction in report.corrections:
        nowhere = ("corrections", correction.currency, None, None)
        yield _row(nowhere, correction.period, correction.fee_minor, correction.postings)


Of = tuple[str, str, str | None, str | None]


def _row(
    of: Of, item: str, minor: int | None, count: int | None, more: tuple[Cell, ...] = (None,) * 5
) -> tuple[Cell, ...]:
    """Return a row: of what, the figure, and of which payments (method ... percent)."""
    *kind, percent = more
    money = None if minor is None else Money(amount_minor=minor, currency=of[1])
    amount = None if money is None else str(to_decimal(money))
    return (*of, *kind, item, amount, minor, count, percent)


def _total_rows(each: CurrencyFees) -> Iterator[tuple[Cell, ...]]:
    of, percent = ("totals", each.currency, None, None), _text(each.percent)
    yield _row(of, "gross", each.gross_minor, each.charges)
    yield _row(of, "fees", each.fee_minor, None, (None, None, None, None, percent))
    yield _row(of, "booked", each.booked_minor, each.postings)
    yield _row(of, "unproven", each.unproven_minor, None)


def _segment_rows(one: Segment) -> Iterator[tuple[Cell, ...]]:
    of = ("payments", one.currency, one.gateway, one.account)
    kind = (one.method, one.brand, one.region.value, one.paid_currency)
    yield _row(of, "gross", one.gross_minor, one.charges, (*kind, None))
    yield _row(
        of, "fees", one.fee_minor, one.charges - one.without_fee, (*kind, _text(one.percent))
    )
    if one.fit is not None:
        parts = (*kind, _text(one.fit.percent))
        yield (
            *of,
            *kind,
            "fitted_fixed",
            None,
            _text(one.fit.fixed_minor),
            one.fit.fees,
            parts[-1],
        )
        yield (*of, *kind, "fit_error", None, _text(one.fit.error_minor), one.fit.fees, None)


def _audit_rows(audit: Audit, currency: str) -> Iterator[tuple[Cell, ...]]:
    of = ("audit", currency, audit.gateway, audit.account)
    yield _row(of, "expected", audit.expected_minor, audit.fees)
    yield _row(of, "without_line", None, audit.without_line)
    for one in audit.off:
        yield _row(of, f"{one.line}: {one.off_minor:+d} each", one.off_minor * one.fees, one.fees)
        for event_id in one.event_ids:
            yield _row(of, event_id, one.off_minor, 1)


def _alternative_rows(one: Alternative) -> Iterator[tuple[Cell, ...]]:
    of = ("elsewhere", one.currency, one.gateway, one.account)
    kind = (one.method.value, None, " ".join(one.regions) or None, one.paid_currency, None)
    to = f"{one.to_gateway}/{one.to_account}"
    yield _row(of, f"cost at {one.gateway}/{one.account}", one.cost_minor, one.charges, kind)
    yield _row(of, f"cost at {to}", one.would_cost_minor, one.charges, kind)
    yield _row(of, f"saved a year at {to}", one.yearly_minor, None, kind)


def _text(figure: object) -> str | None:
    return None if figure is None else str(figure)
