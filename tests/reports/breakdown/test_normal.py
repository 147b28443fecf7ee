"""What is normal: which periods are alike, the band they lie in, and what is said outside it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive.tallies import Rollup
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import Account, PostingKind
from kassa.reports.breakdown.attention import Lately, needs
from kassa.reports.breakdown.breakdown import Breakdown, Known, breakdown_of
from kassa.reports.breakdown.compared import compared
from kassa.reports.breakdown.localization import Texts
from kassa.reports.breakdown.normal import (
    LIKE_MIN,
    History,
    band,
    days_needed,
    like,
    previous,
    year_before,
)

ZONE = "Europe/Helsinki"
K = PeriodKind
FRIDAY = Period.of(date(2026, 11, 20), ZONE)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "first", "before", "year"),
    [
        (K.DAILY, date(2026, 11, 20), date(2026, 11, 19), date(2025, 11, 21)),
        (K.WEEKLY, date(2026, 11, 16), date(2026, 11, 9), date(2025, 11, 17)),
        (K.WEEKLY, date(2026, 12, 28), date(2026, 12, 21), date(2025, 12, 22)),  # week 53
        (K.WEEKLY, date(2026, 11, 15), date(2026, 11, 8), date(2025, 11, 16)),  # from Sunday
        (K.MONTHLY, date(2026, 1, 1), date(2025, 12, 1), date(2025, 1, 1)),
        (K.MONTHLY, date(2026, 3, 26), date(2026, 2, 26), date(2025, 3, 26)),
    ],
)
def test_what_a_period_is_compared_to(kind: K, first: date, before: date, year: date) -> None:
    period = Period.of(first, ZONE, kind)
    assert previous(period) == Period.of(before, ZONE, kind)
    assert year_before(period) == Period.of(year, ZONE, kind)
    assert {one.kind for one in like(period)} == {kind}
    assert {*before_days(before, kind), *before_days(year, kind)} <= days_needed(period)
    assert max(days_needed(period)) == first - DAY


def before_days(first: date, kind: K) -> tuple[date, ...]:
    return Period.of(first, ZONE, kind).days


def test_a_day_is_like_the_same_weekday() -> None:
    assert {one.day.isoweekday() for one in like(FRIDAY)} == {5}


@given(st.lists(st.integers(0, 10**9), min_size=LIKE_MIN, max_size=12), st.integers(0, 100))
def test_a_band_lies_around_the_middle_and_moves_with_its_values(
    values: list[int], shift: int
) -> None:
    found, moved = band(values, 1.0), band([value + shift for value in values], 1.0)
    assert found is not None
    assert moved is not None
    assert found.low < found.middle < found.high
    assert found.has(sorted(values)[(len(values) - 1) // 2]) or len(values) % 2 == 0
    assert moved.middle == pytest.approx(found.middle + shift)
    assert moved.high - moved.low == pytest.approx(found.high - found.low)


def test_one_odd_period_moves_no_band() -> None:
    calm, odd = band([100, 101, 99, 100, 102, 98, 100, 100], 1), band([*[100, 101] * 4, 10**6], 1)
    assert calm is not None
    assert odd is not None
    assert odd.high < 120


def test_of_few_periods_nobody_says_what_is_normal() -> None:
    assert band([1.0] * (LIKE_MIN - 1), 1.0) is None


def trade(day: date, captured: int, failed: int, method: str = "card") -> Iterator[Rollup]:
    """Return a day of one method at Stripe: captures of 10.00 and failed attempts."""
    of = {"day": day, "gateway": "stripe", "account": "main", "method": method, "currency": "EUR"}
    moved = {
        "kind": PostingKind.CAPTURE,
        "source": Account.CUSTOMERS,
        "destination": Account.GATEWAY_CLEARING,
    }
    none = {"kind": None, "source": None, "destination": None}
    amount = {"count": captured, "amount_minor": captured * 10_00}
    yield Rollup.model_validate(of | none | amount | {"fact": "PaymentCaptured"})
    yield Rollup.model_validate(of | moved | amount | {"fact": "PaymentCaptured"})
    lost = {"count": failed, "amount_minor": 0, "fact": "PaymentFailed"}
    yield Rollup.model_validate(of | none | lost)


def a_year(since: date | None = None, captured: int = 95, failed: int = 5) -> History:
    """Return a year of days before Friday; from a day on twice as much fails."""
    rows = {}
    for n in range(1, 400):
        day = FRIDAY.day - n * DAY
        bad = since is not None and day >= since
        rows[day] = list(trade(day, captured, failed * (1 + bad)))
    return History(rows, frozenset(rows))


def needs_in(rows: list[Rollup], history: History) -> list[str]:
    made: Breakdown = breakdown_of(rows, FRIDAY, (), Known(history))
    return [Texts("en").need(need) for need in made.needs]


def test_a_method_that_fails_twice_as_often_since_tuesday_is_the_first_line() -> None:
    tuesday = FRIDAY.day - 3 * DAY
    history = a_year(since=tuesday, captured=950, failed=50)
    first, *_ = needs_in(list(trade(FRIDAY.day, 900, 100)), history)
    assert first == (
        "Card payments at Stripe fail twice as often as usual since Tuesday:"
        " 10% of 1,000 attempts, usually 5%."
    )


def test_what_lies_where_it_usually_does_is_nobodys_task() -> None:
    assert needs_in(list(trade(FRIDAY.day, 96, 4)), a_year()) == []


def test_a_rate_of_few_attempts_says_nothing() -> None:
    assert needs_in(list(trade(FRIDAY.day, 7, 8)), a_year(captured=10, failed=1)) == []


def test_a_method_that_has_gone_silent_is_missed() -> None:
    others = trade(FRIDAY.day, 95, 5, "wallet")
    assert "Nothing was paid by Card at Stripe; usually it is 95 payments." in needs_in(
        list(others), a_year()
    )


def test_while_a_day_goes_on_its_amounts_arent_held_against_whole_ones() -> None:
    found = compared(list(trade(FRIDAY.day, 1, 0)), a_year(), FRIDAY, is_closed=False)
    assert {one.figure for one in found if one.normal} <= {"average"}
    lately = Lately.of((), a_year(), FRIDAY)
    assert needs(found, (), lately, ()) == ()
