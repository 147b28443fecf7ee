"""The anomaly report's documents: JSON for programs, CSV for spreadsheets, HTML for people."""

import io
import json
from collections.abc import Iterator
from html import escape

from kassa.archive.manifests import Manifest
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.anomalies.finding import TITLES, Finding, gateway_name, in_words, method_name
from kassa.reports.anomalies.report import AnomalyReport
from kassa.reports.frame import framed, status_name

NOTE = (
    "What stands out isn't wrong by that: each says why it does and what it was compared with. An"
    " amount at stake is what it is about, not what was lost. What you expect is marked with"
    " 'kassa anomalies expect ID', and the like of it isn't alerted again."
)
COLUMNS = (
    *("period", "time_zone", "status", "anomaly_id", "kind", "headline", "reasons", "gateway"),
    *("account", "method", "currency", "amount", "amount_minor", "began_at", "ended_at"),
    *("found_on", "is_new", "is_alert", "expected", "count", "subject_ids", "event_ids"),
)


def documents(report: AnomalyReport, manifest: Manifest) -> dict[str, bytes]:
    """Return every document of a report; the same report gives the same bytes."""
    return {
        "anomalies.html": page(report, manifest).encode(),
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


def page(report: AnomalyReport, manifest: Manifest) -> str:
    """Return the page; everything from outside is escaped."""
    first, *others = report.headlines
    is_quiet = all(one.expected is not None for one in report.findings)
    tone = "good" if is_quiet else "bad"
    lines = "".join(f"<li>{escape(line)}</li>" for line in others)
    body = f'<p class="{tone}" style="font-size:19px;margin-top:22px">{escape(first)}</p>'
    body += f"<ul>{lines}</ul>" if lines else ""
    open_ones = [one for one in report.findings if one.expected is None]
    body += _section("Found first in this period", [one for one in open_ones if one.is_new])
    body += _section("Lasting", [one for one in open_ones if not one.is_new])
    body += _section("Marked as expected", [one for one in report.findings if one.expected])
    return framed(manifest, "Anomalies", body, NOTE)


def _section(title: str, findings: list[Finding]) -> str:
    if not findings:
        return ""
    cards = "".join(map(_card, findings))
    return f'<h2>{escape(title)}</h2><div class="cards">{cards}</div>'


def _card(one: Finding) -> str:
    amount = in_words(one.amount_minor, one.currency) if one.currency else ""
    stake = f"<small>at stake</small>{escape(amount)}" if amount else ""
    stake = f'<span class="net" style="white-space:nowrap">{stake}</span>'
    reasons = "".join(f'<p class="note">{escape(reason)}</p>' for reason in one.reasons)
    expected = (
        f'<p class="good">Expected: {escape(one.expected)}</p>' if one.expected is not None else ""
    )
    return (
        f'<section class="card"><div><span class="currency">{escape(TITLES[one.kind])}</span>'
        f"{stake}</div><p><strong>{escape(one.headline)}</strong></p>{expected}{reasons}"
        f'<p class="note">{escape(_place_and_time(one))}</p>{_events(one)}</section>'
    )


def _place_and_time(one: Finding) -> str:
    parts = [
        gateway_name(one.gateway, one.account or "main") if one.gateway else None,
        method_name(one.method) if one.method else None,
        f"{one.began_at:%Y-%m-%d %H:%M} to {one.ended_at:%Y-%m-%d %H:%M} UTC",
        one.anomaly_id,
        "alerted" if one.is_alert else None,
    ]
    return " · ".join(part for part in parts if part)


def _events(one: Finding) -> str:
    """Return the events behind a finding, folded: a long list would hide the others."""
    if not one.event_ids:
        return ""
    shown = len(one.event_ids)
    words = f"{one.count:,} event{'s' if one.count != 1 else ''}"
    words += f", the first {shown}" if shown < one.count else ""
    ids = escape(", ".join(one.event_ids))
    return (
        f'<details><summary class="note">{words}</summary>'
        f'<p class="note" style="overflow-wrap:anywhere">{ids}</p></details>'
    )
