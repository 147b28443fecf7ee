"""Heartbeats: how often a gateway account spoke, hour by hour, for the last weeks."""

from collections.abc import Mapping
from datetime import datetime

from kassa.core.model import Instant, Model

HOUR_S = 3600
KEPT_HOURS = 7 * 168  # four weeks to compare with, two of silence, and one to spare


class Heartbeat(Model):
    """What one gateway account sent of its own accord, counted by hours."""

    begins: int  # the first hour counted, in hours since 1970
    counts: tuple[int, ...] = ()  # one for each hour from there on; the last may not be over yet
    counted_until: Instant
    received_until: Instant | None = None  # it spoke before this, and not since; none: never yet

    def in_hour(self, hour: int) -> int:
        """Return an hour's count; zero where none was made (`begins` tells the two apart)."""
        at = hour - self.begins
        return self.counts[at] if 0 <= at < len(self.counts) else 0

    def counts_between(self, first: int, last: int) -> list[int]:
        """Return the counts of some hours, both named ones included."""
        begins, ends = first - self.begins, last + 1 - self.begins
        known = self.counts[max(begins, 0) : max(ends, 0)]
        before = [0] * min(-begins, ends - begins)
        return [*before, *known, *[0] * (ends - begins - len(before) - len(known))]


def hour_of(at: datetime) -> int:
    """Return the hour an instant lies in, in hours since 1970."""
    return int(at.timestamp()) // HOUR_S


def hours(at: datetime) -> float:
    """Return an instant in hours since 1970, with its fraction."""
    return at.timestamp() / HOUR_S


def begin(now: datetime) -> Heartbeat:
    """Return a heartbeat that begins now; an hour that is counted in part is none."""
    return Heartbeat(begins=hour_of(now) + 1, counted_until=now)


def listen(beat: Heartbeat, until: datetime, received: Mapping[int, int]) -> Heartbeat:
    """Add what was received by hour since the last count; forget what is older than we compare."""
    last = hour_of(until)
    first = max(min(beat.begins, last + 1), last + 1 - KEPT_HOURS)
    counts = [
        before + received.get(hour, 0)
        for hour, before in enumerate(beat.counts_between(first, last), start=first)
    ]
    return Heartbeat(
        begins=beat.begins if beat.begins > last else first,
        counts=tuple(counts) if beat.begins <= last else (),
        counted_until=until,
        received_until=until if any(received.values()) else beat.received_until,
    )
