"""Bands: whether a rate leaves what it was before, day by day, and since when.

Days out of their band don't become usual while they last; after MONTH such days they do, since by
then it is how things are.
"""

from collections.abc import Mapping
from typing import NamedTuple

from kassa.reports.anomalies.rules.robust import binomial_surprise

WINDOWS = (1, 2, 3, 7)  # days that are looked at together, so that small series are seen too
BASELINE_DAYS = 56
BASELINE_DAYS_MIN = 14
BASELINE_TRIES_MIN = 60
TRIES_MIN = 10
HITS_MIN = 5
TIMES_MIN = 2.0
SURPRISE_MIN = 3.5
CLUSTER = 1.5  # one customer's attempts fail together, so they count for less than they are
MONTH = 28
PAUSE = 3  # days in the band, after which the next one out of it begins anew


class Rate(NamedTuple):
    """What was counted on a day: tries, and the hits among them."""

    hits: int
    tries: int

    def __add__(self, other: object) -> "Rate":
        """Return both counts together."""
        assert isinstance(other, Rate)
        return Rate(self.hits + other.hits, self.tries + other.tries)


class Outside(NamedTuple):
    """A rate out of its band on a day, and since when."""

    day: int
    since: int  # the day it left the band on
    found: int  # the day it was first seen to have
    seen: Rate  # of the days that show it best
    usual: Rate  # of the days before
    surprise: float

    @property
    def times(self) -> float:
        """Return how many times as high as usual the rate is."""
        return self.seen.hits / self.seen.tries / _upper(self.usual)


def outside(series: Mapping[int, Rate], first: int, days: int) -> list[Outside]:
    """Return the days out of their band, from `first` (the first known day) up to `days`."""
    found: list[Outside] = []
    out: set[int] = set()
    for day in range(first, days):
        best = _worst(series, first, day, out)
        if best is None:
            continue
        window, seen, usual, surprise = best
        last = found[-1] if found else None
        if last is not None and day - last.day <= PAUSE:
            since, first_seen = last.since, last.found
        else:
            since, first_seen = day - window + 1, day
        found.append(Outside(day, since, first_seen, seen, usual, surprise))
        out |= set(range(since, day + 1))
        if len([one for one in out if one > day - 2 * MONTH]) > MONTH:
            out.clear()
    return found


def _worst(
    series: Mapping[int, Rate], first: int, day: int, out: set[int]
) -> tuple[int, Rate, Rate, float] | None:
    tested = []
    for window in WINDOWS:
        seen = _sum(series, range(day - window + 1, day + 1))
        before = [each for each in range(first, day - window + 1) if each not in out]
        usual_days = before[-BASELINE_DAYS:]
        usual = _sum(series, usual_days)
        if not series.get(day, Rate(0, 0)).hits or len(usual_days) < BASELINE_DAYS_MIN:
            continue
        if is_out(seen, usual):
            tested.append((_surprise(seen, usual), window, seen, usual))
    if not tested:
        return None
    surprise, window, seen, usual = max(tested)
    return window, seen, usual, surprise


def is_out(seen: Rate, usual: Rate) -> bool:
    """Tell whether a rate is far above the usual one, of enough of both to tell."""
    if usual.tries < BASELINE_TRIES_MIN or seen.tries < TRIES_MIN or seen.hits < HITS_MIN:
        return False
    if seen.hits < TIMES_MIN * _upper(usual) * seen.tries:
        return False
    return _surprise(seen, usual) >= SURPRISE_MIN


def _surprise(seen: Rate, usual: Rate) -> float:
    return binomial_surprise(seen.hits, seen.tries, _upper(usual)) / CLUSTER


def _upper(usual: Rate) -> float:
    """Return the usual rate as if one more had been hit: none of few isn't never."""
    return (usual.hits + 1) / (usual.tries + 1)


def _sum(series: Mapping[int, Rate], days: range | list[int]) -> Rate:
    total = Rate(0, 0)
    for day in days:
        total += series.get(day, Rate(0, 0))
    return total
