"""What today's screen shows: the day's figures by currency, what waits, what stood out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.console.pages.refunds import row, waits_since
from kassa.people.persons import Person, may_approve
from kassa.refunds.lifecycle.cases import RefundView
from kassa.reports.anomalies.finding import Finding
from kassa.reports.breakdown.normal import band
from kassa.reports.localization import Texts
from kassa.reports.reading.today import Today

FIGURES = ("gross", "refunds", "disputes", "fees")
STEPS = ("gateway", "webhook", "policy")
ALERTS_MAX = 3
WAITING_SHOWN = 6


class DayRead(NamedTuple):
    """What was read for today's screen."""

    today: Today
    waiting: tuple[RefundView, ...]  # for a person, as far as they were read
    has_more: bool
    like: tuple[dict[str, Any], ...]  # summaries of the same weekday, of weeks before
    alerts: tuple[tuple[Finding, datetime], ...]  # and when each was alerted
    dead: int = 0  # what failed for good on its way in or through
    disputes: int = 0  # that nobody has answered or accepted


def shown(read: DayRead, texts: Texts, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the page is filled in with."""
    day, cases = read.today, read.waiting
    ages = [now - waits_since(one) for one in cases]
    return {
        "day": texts.day(day.day),
        "zone": day.time_zone,
        "as_of": texts.instant(day.as_of.astimezone(zone)),
        "currencies": [
            {
                "currency": one.currency,
                "net": texts.money(one.net_minor, one.currency),
                "usual": usual_net(read.like, one.currency, texts),
                "payments": texts.number(one.captured_payments),
                "failed": texts.number(one.failed_attempts),
                "figures": [
                    (name, texts.money(getattr(one, f"{name}_minor"), one.currency))
                    for name in FIGURES
                ],
            }
            for one in day.currencies
        ],
        "waiting": len(cases),
        "has_more": read.has_more,
        "oldest": texts.span(max(ages)) if ages else "",
        "cases": [row(one, texts, now) for one in cases[:WAITING_SHOWN]],
        "alerts": [
            {
                "id": finding.anomaly_id,
                "headline": finding.headline,
                "reasons": finding.reasons,
                "at": texts.instant(alerted_at.astimezone(zone)),
            }
            for finding, alerted_at in read.alerts[:ALERTS_MAX]
        ],
        "dead": read.dead,
        "disputes": read.disputes,
        "first_steps": [],
    }


def usual_net(like: Iterable[dict[str, Any]], currency: str, texts: Texts) -> str:
    """Return between which sums a whole day like this one usually nets; nothing of too few."""
    nets = [
        one["net"]["amount_minor"]
        for summary in like
        for one in summary.get("currencies", ())
        if one["currency"] == currency
    ]
    usual = band(nets, 0.0)
    if usual is None:
        return ""
    low, high = (texts.money(round(one), currency) for one in (usual.low, usual.high))
    return texts("today.usual", low=low, high=high)


def first_steps(done: Mapping[str, bool], persons: Iterable[Person]) -> list[tuple[str, bool]]:
    """Return what there is to do while nothing is booked yet, each with whether it is done."""
    approver = any(may_approve(one) for one in persons)
    return [*((name, done[name]) for name in STEPS), ("approver", approver)]
