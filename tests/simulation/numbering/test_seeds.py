"""A few worlds of numbers in every suite; `make simulate` runs many more."""

import pytest

from tests.simulation.__main__ import NUMBERS, failed_seeds
from tests.simulation.engine.mutants import first_catch
from tests.simulation.numbering import runs

SEEDS = 60


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_numbers_have_no_gap_and_every_chain_is_whole(first: int) -> None:
    for seed in [*failed_seeds(NUMBERS), *range(first, first + 20)]:
        result = runs.run(seed)
        assert (result.findings, bool(result.calls)) == ([], True), seed


def test_a_seed_of_numbers_is_the_same_every_time() -> None:
    first, again = runs.run(3), runs.run(3)

    assert first.trace_hash == again.trace_hash
    assert first.trace


@pytest.mark.parametrize("number", [0, 1, 4, 5])
def test_the_checks_see_a_gap_a_repeat_and_a_void_gone_wrong(number: int) -> None:
    mutant = NUMBERS.mutants[number]

    assert first_catch(mutant, SEEDS, runs.run), mutant.name


@pytest.mark.parametrize("number", [-4, -3, -2, -1])
def test_the_checks_see_what_is_owed_gone_wrong(number: int) -> None:
    mutant = NUMBERS.mutants[number]

    assert first_catch(mutant, SEEDS, runs.run), mutant.name
