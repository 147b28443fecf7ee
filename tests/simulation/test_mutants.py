"""Every planted mistake still has its place in the code."""

import pytest

from tests.simulation.checkouts.mutants import MUTANTS as OF_ORDERS
from tests.simulation.deliveries.mutants import MUTANTS as OF_DELIVERIES
from tests.simulation.engine.mutants import Mutant
from tests.simulation.numbering.mutants import MUTANTS as OF_NUMBERS
from tests.simulation.payments.mutants.catalog import MUTANTS

ALL = (*MUTANTS, *OF_ORDERS, *OF_NUMBERS, *OF_DELIVERIES)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_what_a_planted_mistake_replaces_is_there(mutant: Mutant) -> None:
    for place, name, _ in mutant[1]:
        assert hasattr(place, name)


def test_no_two_mistakes_have_one_name() -> None:
    names = [mutant.name for mutant in ALL]
    assert len(names) == len(set(names))
