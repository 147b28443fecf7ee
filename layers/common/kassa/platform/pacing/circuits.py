"""Circuits: when who fell silent is left alone, and when one attempt finds out.

A pure function of the silences in a row, counted over all callers, and of the instant.
"""

from datetime import datetime, timedelta

from kassa.core.model import Instant, Model

SILENCES = 3  # in a row, until it is left alone
RESTS_FOR = timedelta(minutes=1)  # at first; twice as long after each further silence
RESTS_MAX = timedelta(minutes=5)
PROBE_TAKES = timedelta(seconds=40)  # longer than any request lives: who was finding out is gone


class Circuit(Model):
    """What all its callers know of it together."""

    silences: int = 0  # in a row
    silent_since: Instant | None = None  # when the first of them was met
    rests_until: Instant | None = None  # from then on one attempt may find out

    @property
    def is_clean(self) -> bool:
        """Whether an answer would say nothing new."""
        return not self.silences and self.rests_until is None


def is_resting(circuit: Circuit, now: datetime) -> bool:
    """Tell whether it is left alone."""
    return circuit.rests_until is not None and now < circuit.rests_until


def rests_until(silences: int, now: datetime) -> datetime | None:
    """Return how long it is left alone after so many silences; none: it isn't yet."""
    if silences < SILENCES:
        return None
    doublings = min(silences - SILENCES, 10)  # more would only overflow
    return now + min(RESTS_FOR * (1 << doublings), RESTS_MAX)
