"""What became of a seed: findings, rare situations, and every step of its schedule."""

from collections import Counter
from hashlib import blake2b
from typing import NamedTuple

from tests.simulation.engine.faults import Fault
from tests.simulation.engine.schedule import Schedule


class Result(NamedTuple):
    """What became of a seed."""

    seed: int
    findings: list[str]
    trace_hash: str
    calls: int
    seen: Counter[str]
    trace: list[str]
    possible: dict[int, tuple[Fault, ...]]
    ended: dict[str, str]  # how each lifecycle stands in the end


def result_of(seed: int, schedule: Schedule, findings: list[str], ended: dict[str, str]) -> Result:
    """Say what became of a seed, and how each of its lifecycles ended."""
    return Result(
        seed,
        [*schedule.findings, *findings],
        trace_hash(schedule.trace),
        schedule.calls,
        schedule.seen,
        schedule.trace,
        schedule.possible,
        ended,
    )


def trace_hash(trace: list[str]) -> str:
    """Return one word for all that happened."""
    return blake2b("\n".join(trace).encode(), digest_size=8).hexdigest()
