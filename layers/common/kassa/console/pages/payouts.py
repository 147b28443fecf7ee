"""What the screens of payouts show: sums by day and currency, and one with what it moved."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from kassa.console.pages.payment import PaymentRead, event_row, object_row
from kassa.ledger.history import payment_state
from kassa.reports.localization import Texts


def rows(summaries: Iterable[dict[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return the payouts of each day and currency, in the order given."""
    return [
        {
            "path": f"/console/reports/daily/{day}/payouts?currency={one['currency']}",
            "day": texts.day(date.fromisoformat(day)),
            "amount": texts.money(one["payouts"]["amount_minor"], one["currency"]),
            "count": texts.number(one["payouts"]["postings"]),
        }
        for summary in summaries
        for day in [summary["period"]["day"]]
        for one in summary.get("currencies", ())
        if one.get("payouts", {}).get("postings")
    ]


def shown(read: PaymentRead, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a payout's page is filled in with."""
    subject = read.subject
    stands = payment_state(subject, read.state, read.headroom_minor)
    newest = range(len(read.events) - 1, -1, -1)
    return {
        "id": subject.subject_id,
        "gateway": texts.gateway(f"{subject.gateway}/{subject.account}"),
        "objects": [object_row(one, texts, zone) for one in stands.objects],
        "events": [event_row(read, number, texts, zone) for number in newest],
    }
