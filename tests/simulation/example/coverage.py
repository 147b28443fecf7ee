"""What a whole run must have met somewhere."""

from collections import Counter

from tests.simulation.engine import coverage
from tests.simulation.engine.faults import Fault

SITUATIONS = (
    *(str(fault) for fault in (Fault.CRASH_AFTER, Fault.RESPONSE_LOST, Fault.CONFLICT)),
    "a request was sent again",
    "an effect landed late",
)


def never_met(seen: Counter[str], seeds: int) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    return coverage.never_met(seen, seeds, SITUATIONS)
