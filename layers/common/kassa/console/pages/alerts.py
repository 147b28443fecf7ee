"""What the screens of anomalies show: what stands out, what is at stake, and what is usual."""

from typing import Any
from zoneinfo import ZoneInfo

from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.anomalies.marks import Mark
from kassa.reports.localization import Texts

BEHIND_MAX = 50  # of payments, and of events, that a page lists


def row(one: Finding, mark: Mark | None, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return an anomaly as a list shows it."""
    return {
        "path": f"/console/alerts/{one.anomaly_id}",
        "id": one.anomaly_id,
        "kind": one.kind.value,
        "headline": one.headline,
        "reasons": one.reasons,
        "stake": texts.money(one.amount_minor, one.currency) if one.currency else "",
        "gateway": texts.gateway(f"{one.gateway}/{one.account or 'main'}") if one.gateway else "",
        "began": texts.instant(one.began_at.astimezone(zone)),
        "ended": texts.instant(one.ended_at.astimezone(zone)),
        "is_alert": one.is_alert,
        "expected": _expected(one, mark),
    }


def shown(one: Finding, mark: Mark | None, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what an anomaly's page is filled in with."""
    return {
        **row(one, mark, texts, zone),
        "count": texts.number(one.count),
        "subjects": one.subject_ids[:BEHIND_MAX],
        "events": one.event_ids[:BEHIND_MAX],
        "is_invoice": one.kind is Kind.INVOICE_WITHOUT_PAYMENT,
        "statements": [
            {
                "is_expected": stated.is_expected,
                "reason": stated.reason,
                "by": stated.marked_by or "",
                "at": texts.instant(stated.marked_at.astimezone(zone)),
            }
            for stated in (mark.statements if mark else ())
        ],
    }


def _expected(one: Finding, mark: Mark | None) -> str:
    """Return why an anomaly is expected: as it was marked last, or as its report knew it."""
    if mark is not None:
        return mark.reason if mark.is_expected else ""
    return one.expected or ""
