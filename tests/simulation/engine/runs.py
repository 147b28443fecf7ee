"""How every seed runs, until all is quiet twice and once more; and what became of it."""

from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

from tests.simulation.engine.faults import Fault
from tests.simulation.engine.schedule import Schedule


class Result(NamedTuple):
    """What became of a seed."""

    seed: int
    findings: list[str]
    trace_hash: str  # one word for every step of its schedule
    calls: int
    seen: Counter[str]  # rare situations
    trace: list[str]
    possible: list[tuple[Fault, ...]]
    ended: dict[str, str]  # how each lifecycle stands in the end


Check = Callable[[], list[str]]


def found_when_quiet(schedule: Schedule, look_again: Callable[[], None], check: Check) -> list[str]:
    """Run until nothing is left to do, and return what a world's check finds then.

    Before that all is quiet twice, and `look_again` ends the faults and brings back what died under
    them. A run that goes on for ever, or breaks, is itself what is found.
    """
    try:
        for _ in range(2):
            schedule.run()
            look_again()
        schedule.run()
        return check()
    except Exception as error:  # of the simulation itself, or of a check that met nonsense
        return [f"the run broke: {type(error).__name__}: {error}"]


def result_of(seed: int, schedule: Schedule, findings: list[str], ended: dict[str, str]) -> Result:
    """Return what became of a seed, and how each of its lifecycles ended."""
    return Result(
        seed,
        [*schedule.findings, *findings],
        blake2b("\n".join(schedule.trace).encode(), digest_size=8).hexdigest(),
        len(schedule.possible),
        schedule.seen,
        schedule.trace,
        schedule.possible,
        ended,
    )
