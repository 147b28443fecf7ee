"""A few worlds of numbers in every suite; `make simulate` and `make mutants` run all."""

import pytest

from tests.simulation.__main__ import NUMBERS
from tests.simulation.engine.mutants import first_catch
from tests.simulation.numbering import runs

SEEDS = 60  # within which a planted mistake shows
TRIED = 3


@pytest.mark.parametrize("seed", range(TRIED))
def test_numbers_have_no_gap_and_every_chain_is_whole(seed: int) -> None:
    result = runs.run(seed)

    assert result.findings == []
    assert result.calls


def test_a_seed_of_numbers_is_the_same_every_time() -> None:
    first, again = runs.run(3), runs.run(3)

    assert first.trace_hash == again.trace_hash
    assert first.trace


@pytest.mark.parametrize("number", [0, 4, 5])
def test_the_checks_see_a_gap_a_repeat_and_a_void_gone_wrong(number: int) -> None:
    mutant = NUMBERS.mutants[number]

    assert first_catch(mutant, SEEDS, runs.run), mutant.name


@pytest.mark.parametrize("number", [-4, -1])
def test_the_checks_see_what_is_owed_gone_wrong(number: int) -> None:
    mutant = NUMBERS.mutants[number]

    assert first_catch(mutant, SEEDS, runs.run), mutant.name
