"""Today so far: the figures that the day's report will say, of what is booked and archived by now.

They are made of the tallies of the day's quarters by the rules of the report itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from kassa.archive.quarters import QuarterTally, settled, together
from kassa.archive.tallies import Captures, Failures, Flow, Tally
from kassa.core.model import Instant, Model
from kassa.core.periods import HOUR, Period
from kassa.reports.summary.summary import FIGURES, CurrencySummary, summarise

LAG_MAX_S = 60  # what Kassa is built for; `lag_s` says what it was


class TodayMethod(Model):
    """One payment method's part of a day that goes on."""

    method: str
    amount_minor: int
    captures: int
    failed_attempts: int


class TodayFigures(Model):
    """What one currency came to today, at one gateway or at all."""

    currency: str
    gross_minor: int
    reversals_minor: int
    refunds_minor: int
    disputes_minor: int
    fees_minor: int
    net_minor: int
    opening_minor: int
    payouts_minor: int
    captured_payments: int
    failed_attempts: int
    success_rate: float | None  # none when nothing was tried
    methods: tuple[TodayMethod, ...]


class TodayAtGateway(TodayFigures):
    """What one currency came to today at one gateway."""

    gateway: str


class TodayInCurrency(TodayFigures):
    """What one currency came to today; currencies are never added to each other."""

    hours: tuple[int, ...]  # gross by hour of the day, of 23 to 25
    gateways: tuple[TodayAtGateway, ...]


class Today(Model):
    """The merchant's day as far as it went."""

    day: date
    time_zone: str
    starts_at: Instant
    ends_at: Instant
    as_of: Instant  # when the tallies were read
    newest_booking_at: Instant | None  # none while nothing of today is counted
    lag_s: float | None  # from the first booking of the newest batch until it was counted
    lag_max_s: int = LAG_MAX_S
    facts: int
    currencies: tuple[TodayInCurrency, ...]


def today(tallies: Mapping[datetime, QuarterTally], period: Period, now: datetime) -> Today:
    """Return what the quarters of a day add up to."""
    of_day = {
        starts_at: tally
        for starts_at, tally in tallies.items()
        if period.starts_at <= starts_at < period.ends_at
    }
    whole = settled(together(of_day.values()))
    hours = _hours(of_day, period)
    return Today(
        day=period.day,
        time_zone=period.time_zone,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        as_of=now,
        newest_booking_at=whole.newest_at,
        lag_s=None if whole.lag_ms is None else whole.lag_ms / 1000,
        facts=whole.facts,
        currencies=tuple(
            TodayInCurrency(
                **_figures(each, whole),
                hours=tuple(hours[each.currency, step] for step in range(len(period.hours))),
                gateways=tuple(_gateways(each.currency, whole, period)),
            )
            for each in summarise(_tally(whole), period)
        ),
    )


def _gateways(currency: str, whole: QuarterTally, period: Period) -> Iterable[TodayAtGateway]:
    names = {row.gateway for row in whole.moved if row.currency == currency}
    names |= {row.gateway for row in whole.payers if row.currency == currency}
    names |= {row.gateway for row in whole.failed if row.currency == currency}
    for gateway in sorted(names):
        own = _of_gateway(whole, gateway)
        [summary] = [each for each in summarise(_tally(own), period) if each.currency == currency]
        yield TodayAtGateway(gateway=gateway, **_figures(summary, own))


def _of_gateway(whole: QuarterTally, gateway: str) -> QuarterTally:
    names = ("moved", "captured", "failed", "payers")
    rows = {name: getattr(whole, name) for name in names}
    own = {name: tuple(one for one in rows[name] if one.gateway == gateway) for name in names}
    return whole.model_copy(update=own)


def _figures(summary: CurrencySummary, tally: QuarterTally) -> dict[str, object]:
    amounts = {f"{name}_minor": getattr(summary, name).amount_minor for name in FIGURES}
    return amounts | {
        "currency": summary.currency,
        "captured_payments": summary.captured_payments,
        "failed_attempts": summary.failed_attempts,
        "success_rate": summary.success_rate,
        "methods": _methods(summary, tally),
    }


def _methods(summary: CurrencySummary, tally: QuarterTally) -> tuple[TodayMethod, ...]:
    failed: Counter[str] = Counter()
    for each in tally.failed:
        if each.currency == summary.currency:
            failed[each.method] += each.attempts
    captured = {each.method: each for each in summary.methods}
    return tuple(
        TodayMethod(
            method=method,
            amount_minor=captured[method].amount_minor if method in captured else 0,
            captures=captured[method].captures if method in captured else 0,
            failed_attempts=failed[method],
        )
        for method in (*captured, *sorted(failed.keys() - captured.keys()))
    )


def _tally(whole: QuarterTally) -> Tally:
    """Return the tally that a report would make of the same facts, but of events and hours."""
    attempts: Counter[tuple[str, str]] = Counter()
    for failed in whole.failed:
        attempts[failed.currency, failed.reason] += failed.attempts
    return Tally(
        flows=tuple(
            Flow(**each.model_dump(exclude={"gateway"}), event_ids=()) for each in whole.moved
        ),
        captures=tuple(
            Captures(**each.model_dump(exclude={"gateway"}), step=0) for each in whole.captured
        ),
        payments=_payments(whole),
        failures=tuple(
            Failures(currency=currency, reason=reason, attempts=count, event_ids=())
            for (currency, reason), count in sorted(attempts.items())
        ),
    )


def _payments(whole: QuarterTally) -> dict[str, int]:
    """Count captured payments by currency: the captures, less those of a payment that had one."""
    counted: Counter[str] = Counter()
    for moved in whole.moved:
        if moved.is_capture:
            counted[moved.currency] += moved.postings
    for payer in whole.payers:
        counted[payer.currency] -= payer.captures - payer.count
    return dict(counted)


def _hours(of_day: Mapping[datetime, QuarterTally], period: Period) -> Counter[tuple[str, int]]:
    """Return the gross by currency and hour of the day; every hour begins with a quarter."""
    found: Counter[tuple[str, int]] = Counter()
    for starts_at, tally in of_day.items():
        step = (starts_at - period.starts_at) // HOUR
        for moved in (one for one in tally.moved if one.is_capture):
            found[moved.currency, step] += moved.amount_minor
    return found
