"""The line through charged fees finds the contract that they were charged by."""

import math
import random
import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.reports.fees.fit import FEES_MIN, Sums, fitted, rounded

POINTS = st.lists(
    st.tuples(st.integers(1, 10**7), st.integers(-(10**4), 10**6)),
    min_size=FEES_MIN,
    max_size=60,
)


@given(
    st.lists(st.integers(1, 10**6), min_size=FEES_MIN, max_size=60, unique=True),
    st.integers(0, 990),
    st.integers(0, 10_000),
)
def test_fees_that_lie_on_a_line_give_that_line(
    tens: list[int], permille: int, fixed_minor: int
) -> None:
    points = [(1000 * n, permille * n + fixed_minor) for n in tens]

    fit = fitted(Sums.of(points))

    assert fit is not None
    assert (fit.percent, fit.fixed_minor) == (Decimal(permille) / 10, fixed_minor)
    assert (fit.error_minor, fit.fees) == (0, len(points))


@given(st.integers(0, 1_000), st.integers(0, 500), st.integers(0, 10**6))
def test_a_planted_contract_is_found_through_the_rounding_of_its_fees(
    basis_points: int, fixed_minor: int, seed: int
) -> None:
    chance = random.Random(seed)
    amounts = [chance.randint(1_00, 500_00) for _ in range(600)]
    points = [(one, (one * basis_points + 5_000) // 10_000 + fixed_minor) for one in amounts]

    fit = fitted(Sums.of(points))

    assert fit is not None
    assert round(fit.percent * 100) == basis_points
    assert round(fit.fixed_minor) == fixed_minor
    assert fit.error_minor <= Decimal("0.5")


@given(POINTS)
def test_the_line_is_that_of_another_computation(points: list[tuple[int, int]]) -> None:
    fit = fitted(Sums.of(points))
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if len(set(xs)) == 1:
        assert fit is None
        return
    assert fit is not None
    line = statistics.linear_regression(xs, ys)
    off = sum((y - line.intercept - line.slope * x) ** 2 for x, y in points)
    assert math.isclose(float(fit.percent), 100 * line.slope, rel_tol=1e-6, abs_tol=1e-4)
    assert math.isclose(float(fit.fixed_minor), line.intercept, rel_tol=1e-6, abs_tol=1e-2)
    assert math.isclose(
        float(fit.error_minor), math.sqrt(off / (len(points) - 2)), rel_tol=1e-6, abs_tol=1e-2
    )


@given(POINTS, st.integers(0, 60))
def test_sums_of_parts_are_those_of_the_whole(points: list[tuple[int, int]], cut: int) -> None:
    assert Sums.of(points[:cut]).plus(Sums.of(points[cut:])) == Sums.of(points)


@pytest.mark.parametrize("points", [[(n, n) for n in range(FEES_MIN - 1)], [(5, 1)] * 100, []])
def test_a_line_is_drawn_through_enough_fees_of_different_amounts_alone(
    points: list[tuple[int, int]],
) -> None:
    assert fitted(Sums.of(points)) is None


@pytest.mark.parametrize(
    ("exact", "decimal"),
    [
        (Fraction(1, 3), "0.3333"),
        (Fraction(2, 3), "0.6667"),
        (Fraction(-1, 20_000), "-0.0001"),
        (Fraction(10), "10.0000"),
    ],
)
def test_a_fraction_is_rounded_half_away_from_zero(exact: Fraction, decimal: str) -> None:
    assert str(rounded(exact)) == decimal
