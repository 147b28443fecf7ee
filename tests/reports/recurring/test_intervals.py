"""How long a payment counts, and what parts of a year come to in a month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.reports.recurring.intervals import GRACE, Interval, monthly


@pytest.mark.parametrize(
    ("interval", "paid_on", "next_on"),
    [
        ("P1M", date(2026, 1, 31), date(2026, 2, 28)),
        ("P1M", date(2026, 12, 15), date(2027, 1, 15)),
        ("P3M", date(2026, 11, 30), date(2027, 2, 28)),
        ("P1Y", date(2028, 2, 29), date(2029, 2, 28)),
        ("P2W", date(2026, 12, 25), date(2027, 1, 8)),
        ("P10D", date(2026, 2, 25), date(2026, 3, 7)),
        ("P", date(2026, 11, 1), date(2026, 12, 1)),
        ("often", date(2026, 11, 1), date(2026, 12, 1)),
        ("P0M", date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_payment_counts_until_the_next_is_due_and_a_week_more(
    interval: str, paid_on: date, next_on: date
) -> None:
    assert Interval.read(interval).until(paid_on) == next_on + GRACE


@pytest.mark.parametrize(
    ("interval", "payments", "of"),
    [("P1M", 12, 1), ("P3M", 12, 3), ("P1Y", 1, 1), ("P2Y", 1, 2), ("P2W", 52, 2), ("P1D", 365, 1)],
)
def test_a_year_has_so_many_payments(interval: str, payments: int, of: int) -> None:
    found = Interval.read(interval)

    assert (found.times, found.of) == (payments, of)


@given(st.lists(st.integers(0, 10**12), max_size=12))
def test_parts_of_a_year_add_up_in_a_month_too(parts: list[int]) -> None:
    shares = monthly(parts)

    assert sum(shares) == (2 * sum(parts) + 12) // 24
    assert all(abs(12 * share - part) < 12 for share, part in zip(shares, parts, strict=True))
