"""The anomaly report's documents: JSON for programs, CSV for spreadsheets, HTML for people."""

import io
import json
from collections.abc import Iterator
from html import escape

from kassa.archive.manifests import Manifest
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.report import AnomalyReport
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.frame import framed_in, status_name

COLUMNS = (
    *("period", "time_zone", "status", "anomaly_id", "kind", "headline", "reasons", "gateway"),
    *("account", "method", "currency", "amount", "amount_minor", "began_at", "ended_at"),
    *("found_on", "is_new", "is_alert", "expected", "count", "subject_ids", "event_ids"),
)


def documents(report: AnomalyReport, manifest: Manifest, texts: Texts) -> dict[str, bytes]:
    """Return every document of a report; the same report gives the same bytes."""
    return {
        "anomalies.html": page(report, manifest, texts).encode(),
        "anomalies.csv": _csv(report, status_name(manifest)).encode(),
        "anomalies.json": _json(report).encode(),
    }


def _json(report: AnomalyReport) -> str:
    content = report.model_dump(mode="json")
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _csv(report: AnomalyReport, status: str) -> str:
    text = io.StringIO()
    write = csv_writer(text)
    write(COLUMNS)
    for one in report.findings:
        write((report.period.name, report.period.time_zone, status, *_cells(one)))
    return text.getvalue()


def _cells(one: Finding) -> Iterator[Cell]:
    yield from (one.anomaly_id, one.kind, one.headline, "; ".join(one.reasons))
    yield from (one.gateway, one.account, one.method, one.currency)
    if one.currency is None:
        yield from (None, None)
    else:
        money = Money(amount_minor=one.amount_minor, currency=one.currency)
        yield from (str(to_decimal(money)), one.amount_minor)
    yield from (one.began_at.isoformat(), one.ended_at.isoformat(), str(one.found_on))
    yield from (str(one.is_new).lower(), str(one.is_alert).lower(), one.expected, one.count)
    yield from (" ".join(one.subject_ids), " ".join(one.event_ids))


def page(report: AnomalyReport, manifest: Manifest, texts: Texts) -> str:
    """Return the page; everything from outside is escaped."""
    first, *others = report.headlines
    is_quiet = all(one.expected is not None for one in report.findings)
    tone = "good" if is_quiet else "bad"
    lines = "".join(f"<li>{escape(line)}</li>" for line in others)
    body = f'<p class="{tone}" style="font-size:19px;margin-top:22px">{escape(first)}</p>'
    body += f"<ul>{lines}</ul>" if lines else ""
    open_ones = [one for one in report.findings if one.expected is None]
    of_each = {
        "new": [one for one in open_ones if one.is_new],
        "lasting": [one for one in open_ones if not one.is_new],
        "marked": [one for one in report.findings if one.expected],
    }
    for name, findings in of_each.items():
        body += _section(texts(f"report.{name}"), findings, texts)
    return framed_in(texts, manifest, body)


def _section(title: str, findings: list[Finding], texts: Texts) -> str:
    if not findings:
        return ""
    cards = "".join(_card(one, texts) for one in findings)
    return f'<h2>{escape(title)}</h2><div class="cards">{cards}</div>'


def _card(one: Finding, texts: Texts) -> str:
    amount = texts.printed(one.amount_minor, one.currency) if one.currency else ""
    named = escape(texts("report.stake"))
    stake = f"<small>{named}</small>{escape(amount)}" if amount else ""
    stake = f'<span class="net" style="white-space:nowrap">{stake}</span>'
    reasons = "".join(f'<p class="note">{escape(reason)}</p>' for reason in one.reasons)
    expected = ""
    if one.expected is not None:
        why = escape(texts("report.expected_why", reason=one.expected))
        expected = f'<p class="good">{why}</p>'
    kind = escape(texts(f"kinds.{one.kind}"))
    return (
        f'<section class="card"><div><span class="currency">{kind}</span>'
        f"{stake}</div><p><strong>{escape(one.headline)}</strong></p>{expected}{reasons}"
        f'<p class="note">{escape(_place_and_time(one, texts))}</p>{_events(one, texts)}</section>'
    )


def _place_and_time(one: Finding, texts: Texts) -> str:
    since, until = texts.instant(one.began_at), texts.instant(one.ended_at)
    parts = [
        texts.place(one.gateway, one.account or "main") if one.gateway else None,
        texts.method(one.method) if one.method else None,
        texts("report.span", since=since, until=until),
        one.anomaly_id,
        texts("report.alerted") if one.is_alert else None,
    ]
    return " · ".join(part for part in parts if part)


def _events(one: Finding, texts: Texts) -> str:
    """Return the events behind a finding, folded: a long list would hide the others."""
    if not one.event_ids:
        return ""
    shown = len(one.event_ids)
    counted = texts.counted("report.events", one.count)
    counted += texts("report.first", shown=shown) if shown < one.count else ""
    ids = escape(", ".join(one.event_ids))
    return (
        f'<details><summary class="note">{escape(counted)}</summary>'
        f'<p class="note" style="overflow-wrap:anywhere">{ids}</p></details>'
    )
