"""Planted mistakes: each must be caught by some seed, or what checks the worlds is blind."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple
from unittest.mock import patch

from tests.simulation.engine.runs import Result

Swap = tuple[Any, str, Callable[[Any], Any]]  # where, its name, and what to make of it


class Mutant(NamedTuple):
    """A mistake and what it replaces."""

    name: str
    swaps: tuple[Swap, ...]


def first_catch(mutant: Mutant, seeds: int, run: Callable[[int], Result]) -> Result | None:
    """Plant a mistake; return the first seed's result that shows it."""
    with ExitStack() as planted:
        for owner, name, made in mutant.swaps:
            planted.enter_context(patch.object(owner, name, made(getattr(owner, name))))
        results = (run(seed) for seed in range(seeds))
        return next((result for result in results if result.findings), None)
