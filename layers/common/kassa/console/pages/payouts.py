"""What the screens of payouts show: sums by day and currency, and one with what it moved."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from kassa.console.pages.payments.payment import PaymentRead, event_row, object_row
from kassa.core.postings import Account
from kassa.ledger.history import payment_state
from kassa.reports.localization import Texts

AGES = (("days_1", 1), ("days_7", 7), ("days_30", 30), ("older", 10_000))  # up to so many days


def clearing(
    summaries: Iterable[dict[str, Any]], today: date, texts: Texts
) -> list[dict[str, Any]]:
    """Return what of the days' money is in no gateway's balance yet, by currency and age.

    What is there is taken to be what was captured last: a gateway settles in order. Days come
    newest first.
    """
    changes: dict[str, int] = defaultdict(int)
    captured: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for summary in summaries:
        day = date.fromisoformat(summary["period"]["day"])
        for one in summary.get("currencies", ()):
            changes[one["currency"]] += one["accounts"].get(Account.GATEWAY_CLEARING.value, 0)
            captured[one["currency"]].append((day, one["gross"]["amount_minor"]))
    return [
        {
            "currency": currency,
            "total": texts.money(minor, currency),
            "ages": [
                (name, texts.money(of_age, currency))
                for name, of_age in _ages(minor, captured[currency], today).items()
            ],
        }
        for currency, minor in sorted(changes.items())
    ]


def _ages(minor: int, captured: Iterable[tuple[date, int]], today: date) -> dict[str, int]:
    """Spread what is left over the days whose captures it may be, newest first."""
    found = dict.fromkeys((name for name, _ in AGES), 0)
    for day, gross_minor in captured:
        part = min(max(minor, 0), gross_minor)
        name = next(name for name, most in AGES if (today - day).days <= most)
        found[name] += part
        minor -= part
    found[AGES[-1][0]] += minor
    return found


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
