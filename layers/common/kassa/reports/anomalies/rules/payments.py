"""Rules about single payments: paid twice, tried too often, too many, too much."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from kassa.core.periods import day_of
from kassa.reports.anomalies.finding import (
    SURPRISE_MAX,
    Finding,
    Kind,
    anomaly_id,
    instant_of,
    sampled,
)
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.anomalies.rules.robust import FACTOR

Row = tuple[Any, ...]
SAME_ORDER, SIMILAR_ORDER, ANY_ORDER = (
    timedelta(hours=24),
    timedelta(minutes=30),
    timedelta(minutes=5),
)
FAILURES_MIN = 4  # of one payment, before it was captured
TESTS_MIN = 15  # payments that failed, of one run
TESTS_SHARE = 0.7  # of the run's payments
TESTS_PAUSE = timedelta(minutes=3)
TESTS_KNOWN = 50  # captures of a currency, before it is known what is small
VELOCITY_MIN = 6  # payments of one run
VELOCITY_PAUSE = timedelta(minutes=20)
CUSTOMER_MIN = 5  # payments, before it is known what a customer usually pays
CUSTOMER_TIMES = 5  # the customer's median
CUSTOMER_DEVIATIONS = 8
CUSTOMER_SPREAD = 0.05  # of the median, at least: who always pays the same may pay a little more


def duplicates(rows: Iterable[Row], zone: str, texts: Texts) -> Iterator[Finding]:
    """Find payments of one customer over one amount, a short gap apart.

    How short depends on the orders: of one order a day, of numbers alike half an hour, of any
    other five minutes.
    """
    for row in rows:
        customer, currency, minor, gateway, account, subject, event, order, at, booked = row[:10]
        earlier, earlier_event, earlier_order, earlier_at = row[10:]
        gap = timedelta(microseconds=at - earlier_at)
        likeness, gap_max = _likeness(order, earlier_order, texts)
        if gap > gap_max:
            continue
        found_on = _day(booked, zone)
        amount, span = texts.printed(minor, currency), texts.span(gap)
        yield Finding(
            anomaly_id=anomaly_id(Kind.DUPLICATE_PAYMENT, found_on, gateway, subject, earlier),
            kind=Kind.DUPLICATE_PAYMENT,
            headline=texts("duplicate.headline", amount=amount, span=span),
            reasons=(texts("duplicate.reason", likeness=likeness, span=span),),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=minor,
            began_at=instant_of(earlier_at),
            ended_at=instant_of(at),
            found_on=found_on,
            like=f"customer {customer}",
            level=1,
            surprise=8 if order == earlier_order else 6,
            count=2,
            subject_ids=sampled((earlier, subject)),
            event_ids=sampled((earlier_event, event)),
        )


def failed_then_success(rows: Iterable[Row], zone: str, texts: Texts) -> Iterator[Finding]:
    """Find payments that were captured after FAILURES_MIN attempts or more had failed."""
    for row in rows:
        gateway, account, subject, currency, minor, customer, failures, reasons = row[:8]
        began, booked, events = row[8:]
        if failures < FAILURES_MIN:
            continue
        found_on = _day(booked, zone)
        yield Finding(
            anomaly_id=anomaly_id(Kind.FAILED_THEN_SUCCESS, found_on, gateway, subject),
            kind=Kind.FAILED_THEN_SUCCESS,
            headline=texts(
                "failed_then_success.headline",
                amount=texts.printed(minor, currency),
                place=texts.place(gateway, account),
                failures=failures,
            ),
            reasons=(_declined(texts, failures, reasons),),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=minor,
            began_at=instant_of(began),
            ended_at=instant_of(booked),
            found_on=found_on,
            like=f"customer {customer}" if customer else f"payment {subject}",
            level=failures,
            surprise=min(failures, SURPRISE_MAX),
            count=len(events),
            subject_ids=(subject,),
            event_ids=sampled(events),
        )


def _declined(texts: Texts, failures: int, reasons: int) -> str:
    which = "one" if reasons == 1 else "different"
    why = texts(f"failed_then_success.{which}", reasons=reasons)
    return texts("failed_then_success.reason", failures=failures, why=why, least=FAILURES_MIN)


def card_testing(rows: Iterable[Row], zone: str, texts: Texts) -> Iterator[Finding]:
    """Find runs of small attempts, most of which fail: somebody tries stolen cards."""
    for row in rows:
        gateway, account, currency, began, booked, payments, failed, attempts = row[:8]
        captured, subjects, events = row[8:]
        if failed < TESTS_MIN or failed < TESTS_SHARE * payments:
            continue
        found_on = _day(booked, zone)
        yield Finding(
            anomaly_id=anomaly_id(Kind.CARD_TESTING, found_on, gateway, account, currency, began),
            kind=Kind.CARD_TESTING,
            headline=texts(
                "card_testing.headline",
                failed=failed,
                place=texts.place(gateway, account),
                span=texts.span(timedelta(microseconds=booked - began)),
            ),
            reasons=_tested(texts, failed, payments, texts.printed(captured, currency)),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=captured,
            began_at=instant_of(began),
            ended_at=instant_of(booked),
            found_on=found_on,
            like=f"account {gateway}/{account} {currency}",
            level=failed,
            surprise=SURPRISE_MAX,
            count=attempts,
            subject_ids=sampled(subjects),
            event_ids=sampled(events),
        )


def _tested(texts: Texts, failed: int, payments: int, captured: str) -> tuple[str, str]:
    seen = texts("card_testing.reason", failed=failed, payments=payments, captured=captured)
    share, pause = texts.share(TESTS_SHARE, 0), texts.span(TESTS_PAUSE)
    return seen, texts("card_testing.least", least=TESTS_MIN, share=share, pause=pause)


def velocity(rows: Iterable[Row], zone: str, texts: Texts) -> Iterator[Finding]:
    """Find customers who pay again and again within minutes, each time another order."""
    for row in rows:
        customer, currency, gateway, account, payments, orders, minor, began, ended = row[:9]
        booked, subjects, events = row[9:]
        if payments < VELOCITY_MIN or orders < VELOCITY_MIN:
            continue
        found_on, lasted = _day(booked, zone), timedelta(microseconds=ended - began)
        yield Finding(
            anomaly_id=anomaly_id(Kind.VELOCITY, found_on, customer, currency, began),
            kind=Kind.VELOCITY,
            headline=texts(
                "velocity.headline",
                payments=payments,
                span=texts.span(lasted),
                amount=texts.printed(minor, currency),
            ),
            reasons=(
                texts(
                    "velocity.reason",
                    payments=payments,
                    orders=orders,
                    pause=texts.span(VELOCITY_PAUSE),
                    least=VELOCITY_MIN,
                ),
            ),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=minor,
            began_at=instant_of(began),
            ended_at=instant_of(ended),
            found_on=found_on,
            like=f"customer {customer}",
            level=payments,
            surprise=min(2 * payments, SURPRISE_MAX),
            count=len(events),
            subject_ids=sampled(subjects),
            event_ids=sampled(events),
        )


def unusual_for_customer(rows: Iterable[Row], zone: str, texts: Texts) -> Iterator[Finding]:
    """Find payments far above what their customer usually pays."""
    for row in rows:
        customer, currency, gateway, account, subject, event, minor, at, booked = row[:9]
        payments, usual, mad = row[9:]
        deviation = max(FACTOR * mad, CUSTOMER_SPREAD * usual)
        deviations = (minor - usual) / deviation if deviation else 0.0
        is_far = minor >= CUSTOMER_TIMES * usual and deviations >= CUSTOMER_DEVIATIONS
        if payments < CUSTOMER_MIN or not is_far:
            continue
        found_on = _day(booked, zone)
        yield Finding(
            anomaly_id=anomaly_id(Kind.UNUSUAL_FOR_CUSTOMER, found_on, gateway, subject),
            kind=Kind.UNUSUAL_FOR_CUSTOMER,
            headline=texts(
                "customer.headline",
                usual=texts.printed(usual, currency),
                amount=texts.printed(minor, currency),
            ),
            reasons=_large(texts, minor / usual, payments, deviations),
            gateway=gateway,
            account=account,
            currency=currency,
            amount_minor=minor - usual,
            began_at=instant_of(at),
            ended_at=instant_of(at),
            found_on=found_on,
            like=f"customer {customer}",
            level=minor,
            surprise=int(min(max(deviations / 4, 1), SURPRISE_MAX)),
            count=1,
            subject_ids=(subject,),
            event_ids=(event,),
        )


def _large(texts: Texts, times: float, payments: int, deviations: float) -> tuple[str, str]:
    seen = {"times": texts.times(times), "deviations": texts.decimal(deviations, 0)}
    least = {"times": CUSTOMER_TIMES, "deviations": CUSTOMER_DEVIATIONS}
    return (
        texts("customer.reason", payments=payments, **seen),
        texts("customer.least", payments=CUSTOMER_MIN, **least),
    )


def _likeness(order: str | None, earlier: str | None, texts: Texts) -> tuple[str, timedelta]:
    if order and order == earlier:
        return texts("duplicate.same_order", order=order), SAME_ORDER
    if order is None or earlier is None:
        return texts("duplicate.no_order"), SIMILAR_ORDER
    both = {"earlier": earlier, "order": order}
    if _shape(order) == _shape(earlier):
        return texts("duplicate.alike", **both), SIMILAR_ORDER
    return texts("duplicate.others", **both), ANY_ORDER


def _shape(order: str) -> str:
    return "".join("0" if one.isdigit() else one for one in order)


def _day(microseconds: int, zone: str) -> date:
    return day_of(instant_of(microseconds), zone)
