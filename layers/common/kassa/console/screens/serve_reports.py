"""Reports: the editions of each kind of period, one of them, and a figure's postings."""

from typing import Any
from urllib.parse import quote, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.archive.report_names import PDF, ReportName, document_of
from kassa.console.pages.payments.listed import path_of
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.errors import ReportNotFound
from kassa.core.periods import PeriodKind
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.reports.localization import Texts
from kassa.reports.reading import lists
from kassa.reports.reading.figures import FigurePosting, FigureRequest
from kassa.reports.reading.lists import ListedReport
from kassa.reports.reading.store import read_report

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 14
POSTINGS = 50
FIGURES = ("net", "gross", "refunds", "disputes", "reversals", "fees", "payouts")
OPENED = {PDF: "PDF", document_of(ReportName.SUMMARY, "html"): "HTML"}  # from the list itself


@routes.get("/console/reports")
def get_reports() -> Response[str]:
    """Show the editions of one kind of period, and who gets which of them by mail."""
    visit = visit_of(routes)
    kind = _kind(visit.query.get("period", PeriodKind.DAILY))
    request = PageRequest(visit.query.get("cursor") or None, PAGE)
    found = lists.listed(kind, request, clock.now())
    entered, known = SettingsVersions(settings().merchant_id).newest(), settings()
    shown: dict[str, Any] = {
        "kinds": [one.value for one in PeriodKind],
        "kind": kind.value,
        "rows": [_row(one, visit.texts) for one in found.reports],
        "next_cursor": found.next_cursor,
        "mails": [
            {
                "line": one.line,
                "to": one.to,
                "periods": sorted(one.periods),
                "reports": sorted(one.reports),
            }
            for one in entered.reports
        ],
        "may_change": visit.may("POST /console/reports/<action>"),
        "every_report": list(ReportName),
        "starts": (known.week_starts_on, known.month_starts_on),
        "zone": known.merchant_time_zone,
    }
    return page(visit, "reports.html", "reports", **shown)


@routes.get("/console/reports/<period>/<name>")
def get_report(period: str, name: str) -> Response[str]:
    """Show an edition: its figures, each of which leads to its postings, and its documents."""
    visit, kind = visit_of(routes), _kind(period)
    found, texts = lists.named(kind, name), visit.texts
    try:
        summary = read_report(kind, name)
    except ReportNotFound:  # its documents are there, its figures as JSON aren't
        summary = {}
    shown: dict[str, Any] = {
        **_row(found, texts),
        "currencies": [_currency(one, texts) for one in summary.get("currencies", ())],
        "documents": _by_report(found),
    }
    return page(visit, "report.html", "reports", **shown)


@routes.get("/console/reports/<period>/<name>/<figure>")
def get_figure(period: str, name: str, figure: str) -> Response[str]:
    """Show what a figure is the sum of: its postings, from the files that the report is made of."""
    from kassa.reports.reading.explain_figure import explain_figure  # DuckDB, for this alone

    visit, kind = visit_of(routes), _kind(period)
    asked = {name: visit.query.get(name) or None for name in ("currency", "gateway", "cursor")}
    request = FigureRequest.read(
        {"figure": figure, "day": name, "period": kind, "limit": POSTINGS, **asked}
    )
    found, texts = explain_figure(request), visit.texts
    more = urlencode({n: v for n, v in asked.items() if v} | {"cursor": found.next_cursor or ""})
    shown: dict[str, Any] = {
        "back": f"/console/reports/{kind}/{quote(name, safe='')}",
        "name": found.name,
        "figure": figure,
        "is_closed": found.is_closed,
        "totals": [
            (texts.money(one.amount_minor, one.currency), one.postings) for one in found.totals
        ],
        "rows": [_posting(one, texts) for one in found.postings],
        "more": more if found.next_cursor else "",
    }
    return page(visit, "figure.html", "reports", **shown)


def _kind(text: str) -> PeriodKind:
    if text not in set(PeriodKind):
        raise ReportNotFound(f"there are no reports of a {text[:20]}")
    return PeriodKind(text)


def _row(one: ListedReport, texts: Texts) -> dict[str, Any]:
    has_days = one.first_day != one.last_day
    days = f"{texts.short_day(one.first_day)} – {texts.short_day(one.last_day)}"
    links = {document.name: document.url for document in one.documents}
    return {
        "path": f"/console/reports/{one.period}/{quote(one.name, safe='')}",
        "name": one.name,
        "days": days if has_days else texts.day(one.first_day),
        "state": one.state,
        "links": [(form, links[name]) for name, form in OPENED.items() if name in links],
    }


def _currency(one: dict[str, Any], texts: Texts) -> dict[str, Any]:
    currency = one["currency"]
    return {
        "currency": currency,
        "figures": [
            (name, texts.money(one[name]["amount_minor"], currency), one[name]["postings"])
            for name in FIGURES
            if name in one
        ],
    }


def _by_report(found: ListedReport) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the documents by which report they are of, each with its form."""
    named: dict[str, list[tuple[str, str]]] = {}
    for one in found.documents:
        stem, _, form = one.name.rpartition(".")
        of = "summary" if stem == "report" else stem
        is_whole = one.name == PDF or of not in set(ReportName)
        known = one.name if is_whole and one.name != PDF else form.upper()
        named.setdefault("all" if is_whole else of, []).append((known, one.url))
    order = ["all", *ReportName]
    return sorted(named.items(), key=lambda each: order.index(each[0]))


def _posting(one: FigurePosting, texts: Texts) -> dict[str, Any]:
    path = path_of(one.gateway, one.account, one.subject_id)
    if one.subject_kind == "payout":
        path = path.replace("/payments/", "/payouts/", 1)
    return {
        "amount": texts.money(one.amount_minor, one.currency),
        "part": one.part,
        "is_of_dispute": one.part == "fees" and one.fact.startswith("Dispute"),
        "path": path if one.subject_kind in ("payment", "payout") else "",
        "id": one.subject_id,
        "gateway": texts.gateway(f"{one.gateway}/{one.account}"),
        "moved": (one.kind, one.source, one.destination) if one.kind else (),
        "reason": one.reason or "",
        "event": one.event_id,
        "at": texts.instant(one.booked_at.astimezone(time_zone())),
    }
