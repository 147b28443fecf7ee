"""Whatever the zone, the period and the files: a report says what plain Python adds up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive import counting, warehouse
from kassa.core.periods import Calendar, Period, PeriodKind
from kassa.core.postings import PostingKind
from kassa.fact_catalog import AnyFact
from kassa.reports.summary.summary import summarise
from tests.support.effort import few
from tests.support.facts import balanced, captured, fact, failed, moved
from tests.support.golden_shop.recount import recount
from tests.support.golden_shop.wall_clock import DAY, Span, begins_at

K = PostingKind
# Clocks change by an hour, at midnight, by half an hour or never; offsets are whole, or quarters.
ZONES = (
    *("Europe/Berlin", "America/New_York", "America/Santiago", "America/Havana"),
    *("Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"),
)
FIRST, DAYS = date(2022, 1, 1), 7 * 365 + 2
KINDS = (
    ("daily", Calendar("UTC")),
    ("weekly", Calendar("UTC")),
    ("weekly", Calendar("UTC", "sunday")),
    ("monthly", Calendar("UTC")),
    ("monthly", Calendar("UTC", month_starts_on=26)),
)
TICK = timedelta(milliseconds=1)
MONEY = st.tuples(st.integers(1, 10**6), st.sampled_from(["EUR", "JPY", "KWD"]))
GIVEN_BACK = (
    ("RefundSucceeded", (K.REFUND,)),
    ("RefundFailed", (K.REFUND, K.REFUND_REVERSAL)),
    ("DisputeFundsWithdrawn", (K.CHARGEBACK,)),
    ("DisputeFundsReinstated", (K.CHARGEBACK_REVERSAL,)),
    ("PaymentReversed", (K.CAPTURE_REVERSAL,)),
    ("PayoutFailed", (K.PAYOUT, K.PAYOUT_REVERSAL)),
)


@cache
def changes(zone: str) -> tuple[date, ...]:
    """Return the days of seven years on which a zone's clocks change."""
    days = (FIRST + n * DAY for n in range(DAYS))
    return tuple(day for day in days if _offset(day, zone) != _offset(day + DAY, zone))


def _offset(day: date, zone: str) -> timedelta | None:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()


class Case(NamedTuple):
    """A period and what lies in the archive around it."""

    period: Period
    facts: tuple[AnyFact, ...]
    copies: tuple[int, ...]  # in which of three files each lies, as bits
    seen: frozenset[int]  # which were counted by an earlier report


@st.composite
def cases(draw: st.DrawFn, zone: str) -> Case:
    """Draw a period of seven years, often one in which clocks change, and facts at its edges."""
    near = [FIRST, *changes(zone)]
    around = st.tuples(st.sampled_from(near), st.integers(-1, 2))
    day = draw(st.one_of(around.map(lambda one: max(FIRST, one[0] + one[1] * DAY)),
                         st.integers(0, DAYS).map(lambda n: FIRST + n * DAY)))  # fmt: skip
    kind, calendar = draw(st.sampled_from(KINDS))
    period = calendar._replace(time_zone=zone).period(PeriodKind(kind), day)
    at = _instants(period)
    facts = tuple(_fact(draw, n, draw(at)) for n in range(draw(st.integers(0, 14))))
    copies = tuple(draw(st.integers(1, 7)) for _ in facts)
    seen = draw(st.frozensets(st.integers(0, max(0, len(facts) - 1)), max_size=4))
    return Case(period, facts, copies, seen)


def _instants(period: Period) -> st.SearchStrategy[datetime]:
    """Draw an instant in a period or up to two hours outside, often within a tick of an edge."""
    steps = [*period.steps, period.ends_at]
    edges = st.tuples(st.sampled_from(steps), st.sampled_from([-TICK, timedelta(), TICK]))
    length = int((period.ends_at - period.starts_at).total_seconds() * 1_000)
    anywhere = st.integers(-7_200_000, length + 7_200_000)
    return st.one_of(
        edges.map(lambda one: (one[0] + one[1]).astimezone(UTC)),
        anywhere.map(lambda n: period.starts_at + n * TICK),
    )


def _fact(draw: st.DrawFn, n: int, at: datetime) -> AnyFact:
    money, payment = draw(MONEY), f"pi_{draw(st.integers(0, 5))}"
    match draw(st.sampled_from(["capture", "described", "failed", "balance", "back"])):
        case "capture":
            named: dict[str, Any] = {"object_id": f"ch_{n}", "opening": draw(st.booleans())}
            method = draw(st.sampled_from([None, "card", "wallet"]))
            return captured(payment, at, money, method, **named)
        case "described":
            named = {"object_id": f"ch_{n - 1}", "method": "wallet"}
            return fact("PaymentDescribed", payment, at, money, **named)
        case "failed":
            return failed(payment, at, money, draw(st.sampled_from([None, "no", "late"])), n)
        case "balance":
            sign, fee = draw(st.sampled_from([1, -1])), draw(st.integers(-50, 50))
            return balanced(f"txn_{n}", at, (sign * money[0], money[1]), fee)
        case _:
            name, kinds = draw(st.sampled_from(GIVEN_BACK))
            return moved(name, payment, at, money, *kinds, object_id=f"re_{n}")


def reported(case: Case, is_late: bool) -> dict[str, Any]:
    """Return what a report of the case says; of late facts, those that weren't seen before."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{n}.parquet") for n in range(4)]
        for n, path in enumerate(paths[:3]):
            lies = [f for f, copies in zip(case.facts, case.copies, strict=True) if copies >> n & 1]
            path.write_bytes(warehouse.to_parquet(lies))
        paths[3].write_bytes(warehouse.to_parquet(tuple(_seen(case))))
        seen = paths[3:] if is_late else []
        tally = counting.tally(paths[:3], case.period, "main", seen)
    currencies = [each.model_dump(mode="json") for each in summarise(tally, case.period)]
    return {"facts": tally.facts, "currencies": currencies}


def _seen(case: Case) -> Iterator[AnyFact]:
    return (case.facts[n] for n in sorted(case.seen) if n < len(case.facts))


@pytest.mark.parametrize("zone", ZONES)
def test_a_report_is_its_recomputation_in_every_zone(zone: str) -> None:
    @few(3, deadline=None)
    @given(cases(zone), st.booleans())
    def hold(case: Case, is_late: bool) -> None:
        span = Span.of(case.period.kind, case.period.day, zone)
        seen = set(_seen(case)) if is_late else set()
        expected = recount([one for one in case.facts if one not in seen], span)
        assert reported(case, is_late) == {n: expected[n] for n in ("facts", "currencies")}

    hold()


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_seven_years_begins_where_the_wall_clock_says(zone: str) -> None:
    lengths = set()
    for day in (FIRST + n * DAY for n in range(DAYS)):
        if day not in changes(zone) and day.day % 9:
            continue  # all days on which clocks change, and some of the others
        for each in (day - DAY, day, day + DAY):
            period = Period.of(each, zone)
            assert period.starts_at == begins_at(each, zone)
            lengths.add((period.ends_at - period.starts_at) / timedelta(hours=1))
    assert 24 in lengths
    if changes(zone):
        assert min(lengths) < 24 < max(lengths)
