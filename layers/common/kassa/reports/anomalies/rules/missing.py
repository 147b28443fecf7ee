"""Rules about what should have come and didn't: a balance transaction, an invoice's payment.

Payouts without a line at the bank belong here too, once Kassa knows the bank's lines.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from kassa.core.periods import Period, day_of
from kassa.reports.anomalies.finding import (
    Finding,
    Kind,
    anomaly_id,
    instant_of,
    sampled,
)
from kassa.reports.anomalies.rules.localization import Texts

SETTLED_MIN = 30  # settlements of an account, before its usual delay is known
SLACK = timedelta(days=3)  # after one and a half times the delay that 95 in 100 keep
INVOICE_DUE = timedelta(days=30)  # after it was issued; facts don't say which day was agreed


def without_payout(
    rows: Iterable[tuple[Any, ...]], period: Period, texts: Texts
) -> Iterator[Finding]:
    """Find captures that didn't reach their account's balance within its usual delay."""
    for row in rows:
        gateway, account, currency, count, minor, first, last, delay, known = row[:9]
        subjects, events = row[9:]
        waited = timedelta(microseconds=delay * 3 // 2) + SLACK
        found_on = day_of(instant_of(last) + waited, period.time_zone)
        yield Finding(
            anomaly_id=anomaly_id(
                Kind.CAPTURED_WITHOUT_PAYOUT, found_on, gateway, account, currency, subjects[0]
            ),
            kind=Kind.CAPTURED_WITHOUT_PAYOUT,
            headline=texts.counted(
                "unsettled.headline",
                count,
                place=texts.place(gateway, account),
                span=texts.span(waited),
                amount=texts.printed(minor, currency),
            ),
            reasons=_late(texts, known, timedelta(microseconds=delay), waited),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=minor,
            began_at=instant_of(first),
            ended_at=instant_of(last) + waited,
            found_on=found_on,
            like=f"account {gateway}/{account} {currency}",
            level=count,
            surprise=10,
            count=len(events),
            subject_ids=sampled(subjects),
            event_ids=sampled(events),
        )


def _late(texts: Texts, known: int, delay: timedelta, waited: timedelta) -> tuple[str, str]:
    spans = {"delay": texts.span(delay), "span": texts.span(waited)}
    usual = texts("unsettled.reason", known=texts.number(known), **spans)
    return usual, texts("unsettled.least", least=SETTLED_MIN)


def unpaid_invoices(
    rows: Iterable[tuple[Any, ...]], period: Period, texts: Texts
) -> Iterator[Finding]:
    """Find invoices of which nothing was paid INVOICE_DUE after they were issued."""
    for number, currency, minor, customer, event, issued, booked in rows:
        due = instant_of(booked) + INVOICE_DUE
        found_on = day_of(due, period.time_zone)
        issued_on = day_of(instant_of(issued), period.time_zone)
        yield Finding(
            anomaly_id=anomaly_id(Kind.INVOICE_WITHOUT_PAYMENT, found_on, number),
            kind=Kind.INVOICE_WITHOUT_PAYMENT,
            headline=texts(
                "unpaid.headline",
                number=number,
                days=INVOICE_DUE.days,
                amount=texts.printed(minor, currency),
            ),
            reasons=(texts("unpaid.reason", day=texts.short_day(issued_on)),),
            currency=currency,
            amount_minor=minor,
            began_at=instant_of(issued),
            ended_at=due,
            found_on=found_on,
            like=f"customer {customer}" if customer else f"invoice {number}",
            level=minor,
            surprise=3,
            count=1,
            subject_ids=(number,),
            event_ids=(event,),
        )
