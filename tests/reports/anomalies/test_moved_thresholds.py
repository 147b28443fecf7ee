"""Each threshold, moved: what is planted just at it is lost, and what is just below it is found."""

from collections.abc import Callable
from datetime import timedelta
from math import ceil, floor
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from kassa.reports.anomalies.rules import (
    agreed,
    bands,
    cells,
    fees,
    hours,
    missing,
    payments,
    rates,
    robust,
    silence,
)
from kassa.reports.anomalies.rules.bands import Rate
from kassa.reports.anomalies.rules.localization import in_english
from tests.support import agreed_fees as contract
from tests.support import anomaly_rows as rows

MODULES = (agreed, bands, cells, fees, hours, missing, payments, rates, robust, silence)
USUAL = Rate(50, 1_000)
NEVER = Rate(0, 1_000)
Number = Any


class Case(NamedTuple):
    """A threshold, what is planted by a number, and the numbers on its two sides."""

    module: ModuleType
    name: str
    found: Callable[[int], int]
    at: int
    below: int
    is_most: bool = False  # it is found up to the threshold, not from it on


def pair(order: str, earlier: str) -> Callable[[int], int]:
    def found(n: int) -> int:
        row = rows.pair(n * rows.MINUTE_US, order, earlier)
        return len(list(payments.duplicates([row], "UTC", in_english())))

    return found


def out(seen: Callable[[int], Rate], usual: Callable[[int], Rate]) -> Callable[[int], int]:
    return lambda n: int(bands.is_out(seen(n), usual(n)))


def failing_after(n: int) -> int:
    """Return whether a day stands out of weeks that began n days ago, after worse ones."""
    series = {-day: Rate(40, 40) for day in range(n + 1, n + 30)}
    series |= {-day: Rate(2, 40) for day in range(1, n + 1)} | {0: Rate(16, 40)}
    return sum(one.day == 0 for one in bands.outside(series, -n - 29, 1))


def known_for(n: int) -> int:
    series = {-day: Rate(2, 40) for day in range(1, n + 1)} | {0: Rate(30, 40)}
    return len(bands.outside(series, -n, 1))


def dearer(known: int, last: int, days_ago: int = 0, more: int = 130) -> int:
    """Return drifts of settlements, all but one of the last `days_ago` days before the last."""
    usual = {-30: (known, known * 9_000, known * 1_000, known * 9_000**2, known * 9_000_000)}
    each = 1_000 + more
    by_day = {-days_ago: last - 1, 0: 1} if days_ago else {0: last}
    days = {
        day: (count, count * 9_000, count * each, count * 9_000**2, count * each * 9_000)
        for day, count in by_day.items()
    }
    return len(fees.drifting(usual | days, 1))


def beyond_contract(fee_minor: int) -> int:
    charged = {0: contract.charged(10, fee_minor, 1_000_00)}
    return len(contract.drifts(charged, contract.contracts()))


def sold(count: int, weeks: int = 6, usual: int = 0) -> int:
    past = [rows.of(-7 * week, 3, "PaymentCaptured", usual, usual * 30_00)
            for week in range(1, weeks + 1) if usual]  # fmt: skip
    past += [rows.of(-7 * weeks, 0, "CheckoutCompleted", 1)]
    now = rows.of(0, 3, "PaymentCaptured", count, count * 30_00)
    return len(list(hours.unusual_hours(rows.cells(*past, now))))


def burst(refunds: int, daily: int = 1, days: int = 20) -> int:
    known = rows.cells(*(rows.of(-n, 9, "RefundSucceeded", daily) for n in range(1, days + 1)))
    peaks = [("stripe", "main", 0, refunds, rows.AT)]
    return len(list(rates.refund_bursts(peaks, known, {})))


def disputed(disputes: int, captures: int, day: int = 0) -> int:
    first = rows.of(-60, 9, "CheckoutCompleted", 1)
    taken = rows.of(day, 8, "PaymentCaptured", captures)
    known = rows.cells(first, taken, rows.of(day, 9, "DisputeOpened", disputes))
    return len(list(rates.dispute_ratios(known)))


def silent(since: int, until: int = 24, others: tuple[int, int] = (3, 3), weeks: int = 5) -> int:
    """Return silences of an account; the others' events an hour before, and meanwhile."""
    counts = {hour: 3 for hour in range(-5 * 168, 24) if not since <= hour < until}
    beside = {hour: others[0] for hour in range(-5 * 168, since)}
    beside |= {hour: others[1] for hour in range(since, 24)}
    return len(silence.quiets(counts, [beside], -weeks * 168, 24))


def loud(quiet: int) -> int:
    """Return silences of so many hours of an account that says twenty things an hour."""
    counts = {hour: 20 for hour in range(-5 * 168, 24) if not 4 <= hour < 4 + quiet}
    return len(silence.quiets(counts, [dict.fromkeys(range(-5 * 168, 24), 20)], -5 * 168, 24))


def beside_few(expected: int) -> int:
    """Return silences beside others of whom so many events were to be expected meanwhile."""
    counts = {hour: 3 for hour in range(-5 * 168, 4)}
    others = {day * 24 + 4 + n: 1 for day in range(-35, 1) for n in range(expected)}
    return len(silence.quiets(counts, [others], -5 * 168, 24))


P, B, S = payments, bands, silence
CASES = (
    Case(P, "SAME_ORDER", pair("A-1", "A-1"), 24 * 60, 24 * 60 + 1, is_most=True),
    Case(P, "SIMILAR_ORDER", pair("A-1", "A-2"), 30, 31, is_most=True),
    Case(P, "ANY_ORDER", pair("A-1", "B"), 5, 6, is_most=True),
    Case(P, "FAILURES_MIN", lambda n: len(rows.declined(n)), 4, 3),
    Case(P, "TESTS_MIN", lambda n: len(rows.small_run(n, n)), 15, 14),
    Case(P, "TESTS_SHARE", lambda n: len(rows.small_run(15, n)), 21, 22),
    Case(P, "VELOCITY_MIN", lambda n: len(rows.bought(n, n)), 6, 5),
    Case(P, "CUSTOMER_MIN", lambda n: len(rows.large(5_000, n, 10)), 5, 4),
    Case(P, "CUSTOMER_TIMES", lambda n: len(rows.large(n, 5, 10)), 5_000, 4_999),
    Case(P, "CUSTOMER_DEVIATIONS", lambda n: len(rows.large(5_000, 5, n)), 337, 338),
    Case(B, "BASELINE_TRIES_MIN", out(lambda n: Rate(5, 10), lambda n: Rate(0, n)), 60, 59),
    Case(B, "TRIES_MIN", out(lambda n: Rate(n, n), lambda n: NEVER), 10, 9),
    Case(B, "HITS_MIN", out(lambda n: Rate(n, 10), lambda n: NEVER), 5, 4),
    Case(B, "TIMES_MIN", out(lambda n: Rate(n, 10_000), lambda n: USUAL), 1_020, 1_018),
    Case(B, "SURPRISE_MIN", out(lambda n: Rate(n, 40), lambda n: USUAL), 12, 11),
    Case(B, "CLUSTER", out(lambda n: Rate(n, 40), lambda n: USUAL), 12, 11),
    Case(B, "BASELINE_DAYS_MIN", known_for, 14, 13),
    Case(B, "BASELINE_DAYS", failing_after, 56, 44),
    Case(fees, "FEES_KNOWN", lambda n: dearer(n, 5), 30, 29),
    Case(fees, "FEES_MIN", lambda n: dearer(30, n), 5, 4),
    Case(fees, "DRIFT_MIN", lambda n: dearer(30, 5, more=n), 101, 99),
    Case(fees, "FEE_DAYS", lambda n: dearer(30, 5, n), 6, 7, is_most=True),
    Case(fees, "AGREED_MIN", beyond_contract, 15_403, 15_402),
    Case(hours, "HOUR_MIN", sold, 10, 9),
    Case(hours, "HOUR_WEEKS_MIN", lambda n: sold(20, n), 6, 5),
    Case(hours, "HOUR_DEVIATIONS", lambda n: sold(n, usual=99), 179, 178),
    Case(rates, "BURST_MIN", burst, 8, 7),
    Case(rates, "BURST_DAYS", lambda n: burst(n, 4), 10, 9),
    Case(rates, "BURST_KNOWN", lambda n: burst(20, 1, n), 14, 13),
    Case(rates, "DISPUTES_MIN", lambda n: disputed(n, 100), 10, 9),
    Case(rates, "DISPUTE_LIMIT", lambda n: disputed(10, n), 666, 667),
    Case(rates, "DISPUTE_DAYS", lambda n: disputed(10, 100, -n), 29, 30, is_most=True),
    Case(S, "EXPECTED_MIN", silent, 14, 15),
    Case(S, "BURST", silent, 14, 15),
    Case(S, "WEEKS_MIN", lambda n: silent(4, weeks=n), 2, 1),
    Case(S, "QUIET_MIN", loud, 3, 2),
    Case(S, "OPEN_SHARE", lambda n: silent(4, others=(10, n)), 4, 3),
    Case(S, "OTHERS_MIN", beside_few, 10, 9),
)
# No number of these is a threshold of its own, or a query asks it: which test holds it.
ELSEWHERE = {
    "agreed.SETTLING": "test_agreed_fees.py: a new contract holds for what was captured under it",
    "bands.MONTH": "test_thresholds.py: a rate that stays becomes usual after a month",
    "bands.PAUSE": "test_thresholds.py: a rate is out since its first day and found once",
    "cells.PAST_DAYS": "docs/anomalies.md: how far back days are read",
    "missing.INVOICE_DUE": "test_queries.py",
    "missing.SETTLED_MIN": "test_queries.py",
    "missing.SLACK": "test_queries.py",
    "payments.CUSTOMER_SPREAD": "keeps a spread of zero from dividing; the median's times decide",
    "payments.TESTS_KNOWN": "test_queries.py",
    "payments.TESTS_PAUSE": "test_queries.py",
    "payments.VELOCITY_PAUSE": "test_queries.py",
    "rates.BURST_WITHIN": "test_queries.py",
    "rates.MASTERCARD_COUNT": "a network's, said in words",
    "rates.VISA_COUNT": "a network's, said in words",
    "robust.FACTOR": "from the median absolute deviation to a normal's standard deviation",
    "silence.WEEK": "hours of a week",
    "silence.WEEKS": "how many weeks are looked at; WEEKS_MIN is the threshold",
}


def moved(case: Case, is_stricter: bool) -> Number:
    """Return the threshold, moved by a quarter to a third to one side."""
    value: Number = getattr(case.module, case.name)
    more = is_stricter is not case.is_most
    if isinstance(value, int):
        return ceil(value * 1.25) if more else floor(value * 0.7)
    return value * (1.25 if more else 0.7)


def ids(case: Case) -> str:
    return f"{case.module.__name__.rpartition('.')[2]}.{case.name}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_what_is_just_at_a_threshold_is_found_and_just_below_is_not(case: Case) -> None:
    assert (case.found(case.at), case.found(case.below)) == (1, 0)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_stricter_threshold_loses_what_is_at_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case.module, case.name, moved(case, True))
    assert case.found(case.at) == 0


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_looser_threshold_finds_what_is_below_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case.module, case.name, moved(case, False))
    assert case.found(case.below) == 1


def test_every_number_of_the_rules_is_moved_here_or_held_elsewhere() -> None:
    numbers = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int | float | timedelta)
        if name not in ("SURPRISE_MAX", "SAMPLE") and (name != "FACTOR" or module is robust)
    }
    assert numbers == set(map(ids, CASES)) | set(ELSEWHERE)
