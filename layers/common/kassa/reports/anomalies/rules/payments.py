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
    gateway_name,
    in_words,
    instant_of,
    sampled,
    span_words,
    times,
)
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


def duplicates(rows: Iterable[Row], zone: str) -> Iterator[Finding]:
    """Find payments of one customer over one amount, a short gap apart.

    How short depends on the orders: of one order a day, of numbers alike half an hour, of any
    other five minutes.
    """
    for row in rows:
        customer, currency, minor, gateway, account, subject, event, order, at, booked = row[:10]
        earlier, earlier_event, earlier_order, earlier_at = row[10:]
        gap = timedelta(microseconds=at - earlier_at)
        likeness, gap_max = _likeness(order, earlier_order)
        if gap > gap_max:
            continue
        found_on = _day(booked, zone)
        amount = in_words(minor, currency)
        yield Finding(
            anomaly_id=anomaly_id(Kind.DUPLICATE_PAYMENT, found_on, gateway, subject, earlier),
            kind=Kind.DUPLICATE_PAYMENT,
            headline=f"A customer paid {amount} twice within {span_words(gap)}",
            reasons=(f"same customer, same amount, {likeness}, {span_words(gap)} apart",),
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


def failed_then_success(rows: Iterable[Row], zone: str) -> Iterator[Finding]:
    """Find payments that were captured after FAILURES_MIN attempts or more had failed."""
    for row in rows:
        gateway, account, subject, currency, minor, customer, failures, reasons = row[:8]
        began, booked, events = row[8:]
        if failures < FAILURES_MIN:
            continue
        found_on = _day(booked, zone)
        why = "one reason" if reasons == 1 else f"{reasons} different reasons"
        yield Finding(
            anomaly_id=anomaly_id(Kind.FAILED_THEN_SUCCESS, found_on, gateway, subject),
            kind=Kind.FAILED_THEN_SUCCESS,
            headline=f"{in_words(minor, currency)} at {gateway_name(gateway, account)} was captured"
            f" after {failures} declines",
            reasons=(
                f"{failures} attempts failed for {why}, then one was captured;"
                f" {FAILURES_MIN} are the fewest that count",
            ),
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


def card_testing(rows: Iterable[Row], zone: str) -> Iterator[Finding]:
    """Find runs of small attempts, most of which fail: somebody tries stolen cards."""
    for row in rows:
        gateway, account, currency, began, booked, payments, failed, attempts = row[:8]
        captured, subjects, events = row[8:]
        if failed < TESTS_MIN or failed < TESTS_SHARE * payments:
            continue
        found_on = _day(booked, zone)
        lasted = timedelta(microseconds=booked - began)
        yield Finding(
            anomaly_id=anomaly_id(Kind.CARD_TESTING, found_on, gateway, account, currency, began),
            kind=Kind.CARD_TESTING,
            headline=f"{failed} small payments failed at {gateway_name(gateway, account)} within"
            f" {span_words(lasted)}: cards are being tested",
            reasons=(
                f"{failed} of {payments} payments failed, all of them smaller than nine in ten"
                f" captures; {in_words(captured, currency)} was captured",
                f"{TESTS_MIN} failed payments and {TESTS_SHARE:.0%} of them are the fewest that"
                f" count, pauses of {span_words(TESTS_PAUSE)} the longest",
            ),
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


def velocity(rows: Iterable[Row], zone: str) -> Iterator[Finding]:
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
            headline=f"One customer paid {payments} times within {span_words(lasted)},"
            f" {in_words(minor, currency)} in all",
            reasons=(
                f"{payments} payments of {orders} orders, never more than"
                f" {span_words(VELOCITY_PAUSE)} apart; {VELOCITY_MIN} are the fewest that count",
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


def unusual_for_customer(rows: Iterable[Row], zone: str) -> Iterator[Finding]:
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
            headline=f"A customer who usually pays {in_words(usual, currency)} paid"
            f" {in_words(minor, currency)}",
            reasons=(
                f"{times(minor / usual)} the median of {payments} earlier payments, and"
                f" {deviations:.0f} deviations above it",
                f"{CUSTOMER_MIN} earlier payments, {CUSTOMER_TIMES} times the median and"
                f" {CUSTOMER_DEVIATIONS} deviations are the least that counts",
            ),
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


def _likeness(order: str | None, earlier: str | None) -> tuple[str, timedelta]:
    if order and order == earlier:
        return f"same order {order}", SAME_ORDER
    if order is None or earlier is None:
        return "no order named", SIMILAR_ORDER
    if _shape(order) == _shape(earlier):
        return f"orders numbered alike ({earlier}, {order})", SIMILAR_ORDER
    return f"orders {earlier} and {order}", ANY_ORDER


def _shape(order: str) -> str:
    return "".join("0" if one.isdigit() else one for one in order)


def _day(microseconds: int, zone: str) -> date:
    return day_of(instant_of(microseconds), zone)
