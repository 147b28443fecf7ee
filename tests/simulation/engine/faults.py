"""Faults: what can happen to a call to the outside, and how often in one seed (swarm)."""

import random
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """What happens to one call."""

    NONE = "-"
    CRASH_BEFORE = "crash before"
    THROTTLE = "throttle"
    REQUEST_LOST = "request lost"
    RESPONSE_LOST = "response lost"
    LANDS_LATE = "lands late"  # the caller hears nothing; the effect comes 0.1-40 s later
    REPEATED = "repeated"  # the client lost the answer and asked again by itself
    CONFLICT = "conflict"  # another transaction is on the same item
    PARTIAL = "partial"  # a batch call takes only some of its entries
    CRASH_AFTER = "crash after"
    ERROR_BEFORE = "error before"  # the gateway answers 500, did nothing, and remembers that
    ERROR_AFTER = "error after"  # the gateway answers 500, did it all, and remembers the 500
    SLOW = "slow"  # the gateway holds the key, works on, and is heard by nobody any more


INJECTED = tuple(fault for fault in Fault if fault is not Fault.NONE)
_RATES = (0.0, 0.0, 0.0, 0.02, 0.1)
_OFTEN = (0.0, 0.0, 0.1, 0.4)  # for what only a request with a key can meet
_OF_KEYS = (Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.SLOW)
LATE_S = (0.1, 40.0)


class Weather(NamedTuple):
    """How rough one seed is: a rate for each fault of a call, and for what queues do."""

    rates: dict[Fault, float]
    duplicate: float  # a message or webhook comes twice
    delete_lost: float  # a message was done with, and comes again all the same
    delay_max_s: float  # how long a message or webhook may lie about
    silent: float  # an event of money is never sent; the pull and the look-ups must find it
    is_hot: bool  # everything at the same instant
    out: tuple[float, float] = (0.0, 0.0)  # from when to when the gateway doesn't answer at all

    def is_out(self, now_s: float) -> bool:
        """Say whether the gateway is out now."""
        return self.out[0] <= now_s < self.out[1]

    def drawn(self, source: random.Random, possible: tuple[Fault, ...]) -> Fault:
        """Draw what happens to a call; most often nothing."""
        mark = source.random()
        for fault in possible:
            mark -= self.rates[fault]
            if mark < 0:
                return fault
        return Fault.NONE


CALM = Weather(dict.fromkeys(INJECTED, 0.0), 0.0, 0.0, 0.0, 0.0, False)


def drawn_weather(source: random.Random) -> Weather:
    """Draw a seed's weather; each rate from a small menu that includes zero."""
    return Weather(
        rates={fault: source.choice(_OFTEN if fault in _OF_KEYS else _RATES) for fault in INJECTED},
        duplicate=source.choice((0.0, 0.1, 0.4)),
        delete_lost=source.choice((0.0, 0.05, 0.2)),
        delay_max_s=source.choice((0.0, 2.0, 60.0)),
        silent=source.choice((0.0,) * 10 + (0.3, 1.0)),
        is_hot=source.random() < 0.6,
        out=_drawn_outage(source),
    )


def _drawn_outage(source: random.Random) -> tuple[float, float]:
    """Draw when the gateway is out: seldom, and then for minutes or for more than a day."""
    if source.random() >= 0.12:
        return (0.0, 0.0)
    begins_s = source.uniform(0.0, 60.0)
    return begins_s, begins_s + source.choice((600.0, 25.5 * 3600, 30 * 3600.0))


# What can happen to a call that reads, that writes, and that others may write beside.
READ = (
    Fault.CRASH_BEFORE,
    Fault.THROTTLE,
    Fault.REQUEST_LOST,
    Fault.RESPONSE_LOST,
    Fault.CRASH_AFTER,
)
WRITE = (*READ, Fault.LANDS_LATE, Fault.REPEATED)
CONTENDED = (*WRITE, Fault.CONFLICT)
