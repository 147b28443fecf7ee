"""Planted mistakes: each must be caught by some seed, or what checks the worlds is blind."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from tests.simulation.engine.trace import Result

Swap = tuple[Any, str, Callable[[Any], Any]]  # where, its name, and what to make of it


class Mutant(NamedTuple):
    """A mistake and what it replaces."""

    name: str
    swaps: tuple[Swap, ...]


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Live with a mistake for a while."""
    with ExitStack() as stack:
        for owner, name, made in mutant.swaps:
            stack.enter_context(patch.object(owner, name, made(getattr(owner, name))))
        yield


def first_catch(mutant: Mutant, seeds: int, run: Callable[[int], Result]) -> Result | None:
    """Return the first seed's result that shows the mistake."""
    with planted(mutant):
        results = (run(seed) for seed in range(seeds))
        return next((result for result in results if result.findings), None)
