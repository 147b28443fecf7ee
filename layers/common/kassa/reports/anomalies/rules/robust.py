"""Robust statistics: what is usual, and how surprising something else is.

Medians and the median absolute deviation don't follow a few wild values, as means do. Chances are
bounds by Chernoff's inequality, so they are rather too careful and exact sums of nothing.
Sources: Rousseeuw and Croux 1993, "Alternatives to the median absolute deviation" (the factor);
Boucheron, Lugosi and Massart 2013, "Concentration inequalities", 2.2 and 2.6 (the bounds).
"""

from collections.abc import Sequence
from math import log, log10

FACTOR = 1.4826  # from the median absolute deviation to a normal's standard deviation


def median(values: Sequence[float]) -> float:
    """Return the middle value, the mean of two where there is none; raise ValueError of nothing."""
    ordered, half = sorted(values), len(values) // 2
    if not ordered:
        raise ValueError("nothing has no median")
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: Sequence[float]) -> float:
    """Return the median absolute deviation, as a normal's standard deviation."""
    middle = median(values)
    return FACTOR * median([abs(value - middle) for value in values])


def poisson_surprise(count: int, expected: float) -> float:
    """Return by which power of ten at least so many events are unlikely, if they come by chance."""
    if count <= expected:
        return 0.0
    expected = max(expected, 1e-9)
    return (count * log(count / expected) - count + expected) / log(10)


def binomial_surprise(hits: int, tries: int, rate: float) -> float:
    """Return by which power of ten at least so many hits are unlikely at a rate."""
    if not tries or hits <= rate * tries:
        return 0.0
    rate, share = min(max(rate, 1e-9), 1 - 1e-9), hits / tries
    missed = (1 - share) * log10((1 - share) / (1 - rate)) if share < 1 else 0.0
    return tries * (share * log10(share / rate) + missed)


def line(sums: tuple[int, int, int, int, int]) -> tuple[float, float] | None:
    """Return slope and intercept of the line through points, by least squares.

    `sums` are n, Σx, Σy, Σxx and Σxy, exact. Where all x are equal the line is level at the mean.
    None of nothing.
    """
    n, x, y, xx, xy = sums
    if not n:
        return None
    across = n * xx - x * x
    if not across:
        return 0.0, y / n
    slope = (n * xy - x * y) / across
    return slope, (y - slope * x) / n
