"""Silence: whether a gateway that usually speaks is quiet for longer than its history explains.

What was to be expected is what the gateway sent in the same hours of the four weeks before the
silence began: the mean of the two quieter ones, so that a campaign raises no expectation, less the
two busiest hours, since a shop may close early and open late, and as much less as the gateway had
slowed down already. Events come in bursts (a payment makes several), so they count for less than
they are, by how much the same hours differed from week to week.

A silence is surprising when one as long comes by chance less than once in ten years: how many
events must be missed follows from how often the gateway speaks, hours at a busy one, days at a slow
one. A quiet gateway beside others that go on is missed at once. Where nobody speaks the shop may
be closed, and only after four usual days' worth of events it is said nonetheless.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import ceil, log

from kassa.core.model import Instant, Model
from kassa.monitoring.heartbeat import Heartbeat, hour_of, hours

WEEK = 168
WEEKS = 4  # compared with
WEEKS_MIN = 2  # a gateway we have known for less is never missed
FORGIVEN_HOURS = 2
LONGEST = timedelta(days=14)  # a longer silence says no more
YEARS_BETWEEN = 10
OPEN_SHARE = 0.3  # of what was to be expected of the others, when the shop is open
OPEN_MIN = 3.0  # bursts that must be expected of them before they can tell
CLOSED_DAYS = 4.0  # so many usual days' worth are missed, and it is said also of a closed shop


class Silence(Model):
    """How long a gateway has been quiet, and what was to be expected of it meanwhile."""

    since: Instant
    until: Instant
    expected: float  # events
    surprise: float  # the logarithm of how unlikely it is
    surprise_min: float  # one as long comes once in ten years
    missed_days: float  # what is missed, in usual days' worth

    @property
    def is_surprising(self) -> bool:
        """Tell whether chance is no explanation."""
        return self.surprise > self.surprise_min


def silence(beat: Heartbeat) -> Silence | None:
    """Weigh the silence up to the last count; nothing where the history is too short to tell."""
    if beat.received_until is None:
        return None
    since, until = beat.received_until, min(beat.counted_until, beat.received_until + LONGEST)
    weeks = _known_weeks(beat, hour_of(since))
    if weeks < WEEKS_MIN:
        return None
    burst = _burst(beat, hour_of(since), weeks)
    pace = min(_pace(beat, hour_of(since), span, burst) for span in (24, WEEK))
    past = _past_weeks(beat, hours(since), hours(until), hours(since))
    expected = pace * _quieter(_less_the_busiest(week) for week in past)
    a_week = sum(beat.counts_between(hour_of(since) - weeks * WEEK, hour_of(since) - 1)) / weeks
    a_day = pace * a_week / 7
    return Silence(
        since=since,
        until=until,
        expected=expected,
        surprise=2 * log(1.5) * expected / burst,  # nothing, after so much in two weeks (Poisson)
        surprise_min=log(max(1.0, a_week / burst * 52 * YEARS_BETWEEN)),
        missed_days=pace * _quieter(map(sum, past)) / a_day if a_day else 0.0,
    )


def is_missed(one: Silence, others: Sequence[Heartbeat]) -> bool:
    """Tell whether somebody must look: the shop is open, or closed for longer than holidays."""
    if not one.is_surprising:
        return False
    return _is_open(one, others) or one.missed_days >= CLOSED_DAYS


def _is_open(one: Silence, others: Sequence[Heartbeat]) -> bool:
    """Tell by the other gateways whether the shop goes on; one alone can't tell."""
    received = expected = 0.0
    since, until = hours(one.since), hours(one.until)
    for beat in others:
        weeks = _known_weeks(beat, hour_of(one.since))
        if weeks < WEEKS_MIN:
            continue
        burst = _burst(beat, hour_of(one.since), weeks)
        expected += _quieter(map(sum, _past_weeks(beat, since, until, since))) / burst
        received += sum(beat.counts_between(int(since) + 1, int(until))) / burst
    return expected >= OPEN_MIN and received >= OPEN_SHARE * expected


def _known_weeks(beat: Heartbeat, since: int) -> int:
    return min(WEEKS, (since - beat.begins) // WEEK)


def _past_weeks(beat: Heartbeat, since: float, until: float, anchor: float) -> list[list[float]]:
    """Return what was said in the same hours of each known week before the anchor."""
    asked = range(int(since), ceil(until))
    parts = [min(hour + 1, until) - max(hour, since) for hour in asked]
    backs = [max(1, ceil((hour + 1 - anchor) / WEEK)) * WEEK for hour in asked]
    return [
        [
            part * beat.in_hour(hour - back - ago * WEEK)
            for hour, part, back in zip(asked, parts, backs, strict=True)
        ]
        for ago in range(_known_weeks(beat, int(anchor)))
    ]


def _quieter(weeks: Iterable[float]) -> float:
    """Return the mean of the two quieter weeks."""
    return sum(sorted(weeks)[:2]) / 2


def _less_the_busiest(week: Sequence[float]) -> float:
    return sum(sorted(week)[:-FORGIVEN_HOURS])


def _burst(beat: Heartbeat, since: int, weeks: int) -> float:
    """Return how many events come at once: how far the same hours of the weeks differ (at least 1).

    For events that come singly and evenly by chance, the variance is the mean.
    """
    past = beat.counts_between(since - weeks * WEEK, since - 1)
    total = sum(past)
    if not total:
        return 1.0
    slots = map(sum, zip(*(past[week * WEEK :][:WEEK] for week in range(weeks)), strict=True))
    squares = sum(one * one for one in past)
    spread = squares - sum(slot * slot for slot in slots) / weeks
    return max(1.0, spread * weeks / (weeks - 1) / total)


def _pace(beat: Heartbeat, since: int, span: int, burst: float) -> float:
    """Return how much of what is usual was received just before; a gateway may have slowed down."""
    begins = since - span + 1
    usual = _quieter(map(sum, _past_weeks(beat, begins, since + 1, since + 1)))
    received = sum(beat.counts_between(begins, since))
    return min(1.0, (received + burst) / (usual + burst))
