"""Forecasts of weekly sums from a series of days, each with a band and its own errors so far.

The mean of three simple forecasts of a week's level: combinations of simple methods are hard to
beat (Makridakis et al., The M4 Competition, 2020). The band comes of the errors that the same
forecast would have made on the series' own past (split conformal prediction, Vovk et al., 2005), so
nothing is assumed of how they are distributed.

An estimate is no money: it is worked out in floats and rounded to minor units at the end.
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from kassa.core.model import Model

WEEK = 7
WEEKS_AHEAD = 4
DAYS_MIN = 8 * WEEK  # of history: with less there is no telling what is usual
DAYS_MAX = 52 * WEEK  # what is older says little of next month
COVERAGE = 0.8  # how often what happens lies within the band
_TREND_WEEKS = 16
_LEVEL_WEEKS = 4
_QUIET = 0.5  # of what all weeks moved: the least that a quiet month counts as
_SMOOTHING = 0.3  # the newest week's weight in the smoothed level
_DAMPING = 0.8  # of a trend, with each week ahead: trends end
_FIRST_ORIGIN = 4 * WEEK  # how much of the past a forecast is tried on at least
_ORIGINS_MAX = 26 * WEEK
_ERRORS_ENOUGH = 40  # for a band of one horizon's own; with fewer, all horizons' are taken


class WeekAhead(Model):
    """What one of the next weeks is expected to sum up to, in minor units, and its band."""

    number: int  # from 1
    expected_minor: int
    low_minor: int
    high_minor: int


class Forecast(Model):
    """The next weeks of one series, and how such forecasts did on its own past."""

    weeks: tuple[WeekAhead, ...]
    origins: int  # days of the past from which it was tried
    error_ratio: float | None  # of the mean error, to that of "as in the last week"


class Trials(NamedTuple):
    """Errors of forecasts made from days of the past, by how many weeks ahead."""

    scaled: tuple[tuple[float, ...], ...]  # in units of a usual week at that time, with sign
    errors_minor: float
    naive_errors_minor: float
    origins: int


def forecast(days: Sequence[int]) -> Forecast | None:
    """Forecast the weeks after a series of days, oldest first, in minor units of one currency.

    None with fewer than `DAYS_MIN` days: not enough data.
    """
    days = days[-DAYS_MAX:]
    if len(days) < DAYS_MIN:
        return None
    trials = tried(days)
    usual = _usual_week(days)
    weeks = []
    for number, sum_minor in enumerate(expected(days), 1):
        margin = usual * _margin(trials.scaled, number - 1)
        low, high = math.floor(sum_minor - margin), math.ceil(sum_minor + margin)
        weeks.append(
            WeekAhead(
                number=number, expected_minor=round(sum_minor), low_minor=low, high_minor=high
            )
        )
    ratio = trials.errors_minor / trials.naive_errors_minor if trials.naive_errors_minor else None
    ratio = None if ratio is None else round(ratio, 4)
    return Forecast(weeks=tuple(weeks), origins=trials.origins, error_ratio=ratio)


def expected(days: Sequence[int]) -> tuple[float, ...]:
    """Return the expected sum of each of the next weeks, each week seven days from the last."""
    sums = _week_sums(days)
    smoothed = list(accumulate(sums, lambda level, one: level + _SMOOTHING * (one - level)))[-1]
    lately = sums[-_LEVEL_WEEKS:]
    mean, slope = sum(lately) / len(lately), _slope(sums[-_TREND_WEEKS:])
    found, damped = [], 0.0
    for ahead in range(1, WEEKS_AHEAD + 1):
        damped += slope * _DAMPING**ahead / 2  # half of it, as Theta takes it
        found.append((smoothed + (smoothed + damped) + mean) / 3)
    return tuple(found)


def tried(days: Sequence[int]) -> Trials:
    """Forecast from each day of the past what came after it, knowing nothing of it."""
    scaled: list[list[float]] = [[] for _ in range(WEEKS_AHEAD)]
    ours = naive = 0.0
    origins = range(max(_FIRST_ORIGIN, len(days) - _ORIGINS_MAX), len(days) - WEEK + 1)
    for origin in origins:
        past = days[:origin]
        usual, last = _usual_week(past), sum(past[-WEEK:])
        came = [sum(week) for week in _weeks_from(days, origin)]
        for ahead, (expects, sum_minor) in enumerate(zip(expected(past), came, strict=False)):
            scaled[ahead].append((sum_minor - expects) / usual)
            ours += abs(sum_minor - expects)
            naive += abs(sum_minor - last)
    return Trials(tuple(map(tuple, scaled)), ours, naive, len(origins))


def _weeks_from(days: Sequence[int], origin: int) -> list[Sequence[int]]:
    """Return the whole weeks from a day on, as many as are forecast at most."""
    last = min(origin + WEEKS_AHEAD * WEEK, len(days))
    return [days[first : first + WEEK] for first in range(origin, last - WEEK + 1, WEEK)]


def _week_sums(days: Sequence[int]) -> list[int]:
    """Return the sums of whole weeks that end with the last day, oldest first."""
    ends = range(len(days), WEEK - 1, -WEEK)
    return [sum(days[end - WEEK : end]) for end in reversed(ends)]


def _usual_week(days: Sequence[int]) -> float:
    """Return what a week moved lately in either direction, and after quiet ones what weeks do."""
    lately = days[-_LEVEL_WEEKS * WEEK :]
    moved, ever = (sum(map(abs, some)) * WEEK / len(some) for some in (lately, days))
    return max(1.0, moved, _QUIET * ever)


def _slope(sums: Sequence[int]) -> float:
    """Return by how much a week's sum rises, fitted by least squares."""
    middle, mean = (len(sums) - 1) / 2, sum(sums) / len(sums)
    spread = sum((n - middle) ** 2 for n in range(len(sums)))
    rise = sum((n - middle) * (one - mean) for n, one in enumerate(sums))
    return rise / spread if spread else 0.0


def _margin(scaled: Sequence[Sequence[float]], ahead: int) -> float:
    """Return how far from what is expected the band reaches, in usual weeks.

    Errors of other horizons stand in, grown as those of a random walk do, while there are few.
    """
    sizes = [abs(error) for error in scaled[ahead]]
    if len(sizes) < _ERRORS_ENOUGH:
        sizes = [
            abs(error) * math.sqrt((ahead + 1) / (other + 1))
            for other, errors in enumerate(scaled)
            for error in errors
        ]
    sizes.sort()
    rank = math.ceil((len(sizes) + 1) * COVERAGE)
    return sizes[min(rank, len(sizes)) - 1]
