"""What a whole run must have met somewhere."""

from collections import Counter

from tests.simulation.engine import coverage
from tests.simulation.engine.faults import Fault

SITUATIONS = (
    *(str(fault) for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.RESPONSE_LOST)),
    *(str(fault) for fault in (Fault.CONFLICT, Fault.REPEATED, Fault.THROTTLE)),
    *("an effect landed late", "a late effect was refused"),
    *("eight workers at once", "a worker failed, and it was tried again"),
    *("a number of the new year was given", "a number became void"),
    *("a number was given by the earlier release", "a certificate was verified"),
)


def never_met(seen: Counter[str], seeds: int) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    return coverage.never_met(seen, seeds, SITUATIONS)
