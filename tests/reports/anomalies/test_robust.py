"""Medians, deviations, chances and lines: what holds of them whatever the numbers are."""

from math import comb, exp, factorial, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.reports.anomalies.rules.robust import (
    binomial_surprise,
    line,
    median,
    poisson_surprise,
    spread,
)

VALUES = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=40)


@given(VALUES, st.randoms())
def test_the_median_has_half_of_the_values_on_either_side(
    values: list[int], chance: object
) -> None:
    middle = median(values)
    assert 2 * sum(value <= middle for value in values) >= len(values)
    assert 2 * sum(value >= middle for value in values) >= len(values)


@given(st.lists(st.integers(0, 100), min_size=5, max_size=40), st.integers(10**6, 10**9))
def test_one_wild_value_moves_neither_median_nor_spread_far(values: list[int], wild: int) -> None:
    assert 0 <= median([*values, wild]) <= 100
    assert spread([*values, wild]) <= 1.4826 * 100


@given(VALUES, st.integers(-500, 500), st.integers(1, 9))
def test_the_spread_follows_scale_and_no_shift(values: list[int], shift: int, scale: int) -> None:
    moved = [scale * value + shift for value in values]
    assert spread(moved) == pytest.approx(scale * spread(values))


def test_nothing_has_no_median() -> None:
    with pytest.raises(ValueError, match="nothing"):
        median([])


@given(st.integers(1, 60), st.floats(0.1, 20))
def test_a_poisson_surprise_is_never_more_than_the_truth(count: int, expected: float) -> None:
    tail = 1 - sum(exp(-expected) * expected**n / factorial(n) for n in range(count))
    if tail > 1e-9:
        assert poisson_surprise(count, expected) <= -log10(tail) + 1e-6


@given(st.integers(1, 40), st.data(), st.floats(0.01, 0.6))
def test_a_binomial_surprise_is_never_more_than_the_truth(
    tries: int, data: st.DataObject, rate: float
) -> None:
    hits = data.draw(st.integers(0, tries))
    chances = (comb(tries, n) * rate**n * (1 - rate) ** (tries - n) for n in range(hits, tries + 1))
    tail = sum(chances)
    if tail > 1e-12:
        assert binomial_surprise(hits, tries, rate) <= -log10(min(tail, 1.0)) + 1e-6


@given(st.integers(1, 400), st.integers(0, 500), st.lists(st.integers(1, 9_999), min_size=2))
def test_a_line_is_found_again_from_the_sums_of_its_points(
    slope: int, fixed: int, xs: list[int]
) -> None:
    ys = [slope * x + fixed for x in xs]
    sums = (len(xs), sum(xs), sum(ys), sum(x * x for x in xs),
            sum(x * y for x, y in zip(xs, ys, strict=True)))  # fmt: skip
    fitted = line(sums)
    assert fitted is not None
    for x, y in zip(xs, ys, strict=True):
        assert fitted[0] * x + fitted[1] == pytest.approx(y, rel=1e-6, abs=1e-3)


def test_nothing_lies_on_no_line() -> None:
    assert line((0, 0, 0, 0, 0)) is None
