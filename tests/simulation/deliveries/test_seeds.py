"""A few worlds of deliveries in every suite; `make simulate` runs more, what once failed first."""

import pytest

from tests.simulation.__main__ import DELIVERIES
from tests.simulation.deliveries import runs
from tests.simulation.engine.mutants import first_catch

TRIED = 2


@pytest.mark.parametrize("seed", range(TRIED))
def test_each_fact_is_told_once_to_everybody_or_stands_where_a_person_sees_it(seed: int) -> None:
    result = runs.run(seed)

    assert result.findings == []
    assert result.calls


def test_a_seed_of_deliveries_is_the_same_every_time() -> None:
    first, again = runs.run(3), runs.run(3)

    assert first.trace_hash == again.trace_hash
    assert first.trace


@pytest.mark.parametrize("number", [0, 7, 18])
def test_the_checks_see_what_is_told_twice_or_never(number: int) -> None:
    mutant = DELIVERIES.mutants[number]

    assert first_catch(mutant, 200, runs.run), mutant.name
