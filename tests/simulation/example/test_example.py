"""The page on how to add a world is true: the world it shows runs, and finds what is planted."""

from collections import Counter

import pytest

from tests.simulation.engine.coverage import SEEDS_MIN, never_met
from tests.simulation.engine.mutants import Mutant, first_catch
from tests.simulation.example import runs
from tests.simulation.example.coverage import SITUATIONS
from tests.simulation.example.mutants import MUTANTS


def test_each_request_counts_once_whatever_fails() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEEDS_MIN):
        result = runs.run(seed)
        assert result.findings == [], seed
        seen += result.seen
    assert never_met(seen, SEEDS_MIN, SITUATIONS) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_some_seed_finds_a_planted_mistake(mutant: Mutant) -> None:
    assert first_catch(mutant, 50, runs.run)


def test_the_same_seed_gives_the_same_trace() -> None:
    first, again = runs.run(7), runs.run(7)
    assert first.trace_hash == again.trace_hash
    assert first.trace
