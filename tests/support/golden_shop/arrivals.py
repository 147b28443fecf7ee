"""How facts reach the archive: in batches, some of them late, some of them in two files."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kassa.fact_catalog import AnyFact

HOUR = timedelta(hours=1)
SETTLES = timedelta(minutes=2)  # from the end of a batch until its file is there
# Of all facts, and by how many hours at least and at most: within the day, after the day was
# closed, after the week was, and after the month was.
LATE = ((0.01, 1, 12), (0.012, 24, 60), (0.004, 200, 400), (0.002, 760, 1_000))
AGAIN, AGAIN_HOURS = 0.03, (0, 400)


class Arrival(NamedTuple):
    """A batch of facts and the instant at which it lies in the archive."""

    at: datetime
    facts: tuple[AnyFact, ...]


def arrivals(facts: Iterable[AnyFact], chance: random.Random, hours: int = 6) -> Iterator[Arrival]:
    """Yield batches in the order in which they arrive; each holds what came within some hours.

    A batch has no fact before it was booked; late facts and repeated ones come in later batches.
    """
    waiting: dict[int, list[AnyFact]] = defaultdict(list)
    now: int | None = None
    for fact in facts:
        number = _number(fact.metadata.booked_at, hours)
        while now is not None and now < number:
            yield from _arrived(waiting, now, hours)
            now += 1
        now = number
        waiting[_number(fact.metadata.booked_at + _late(chance), hours)].append(fact)
        if chance.random() < AGAIN:
            again = fact.metadata.booked_at + chance.uniform(*AGAIN_HOURS) * HOUR
            waiting[_number(again, hours) + 1].append(fact)
    for number in sorted(waiting):
        yield from _arrived(waiting, number, hours)


def _arrived(waiting: dict[int, list[AnyFact]], number: int, hours: int) -> Iterator[Arrival]:
    if found := waiting.pop(number, None):
        ends_at = datetime.fromtimestamp((number + 1) * hours * 3_600, UTC)
        yield Arrival(ends_at + SETTLES, tuple(found))


def _number(at: datetime, hours: int) -> int:
    return int(at.timestamp()) // (hours * 3_600)


def _late(chance: random.Random) -> timedelta:
    drawn = chance.random()
    for share, least, most in LATE:
        if drawn < share:
            return chance.uniform(least, most) * HOUR
        drawn -= share
    return timedelta()
