"""A few worlds of orders in every suite; `make simulate` runs many more, what once failed first."""

from collections import Counter

import pytest

from tests.simulation.__main__ import ORDERS
from tests.simulation.checkouts import runs
from tests.simulation.checkouts.coverage import SITUATIONS
from tests.simulation.engine.coverage import SEEDS_MIN, never_met
from tests.simulation.engine.mutants import first_catch

TRIED, SEEDS = 2, 12  # the second: within which a planted mistake shows


@pytest.mark.parametrize("seed", range(TRIED))
def test_no_order_is_paid_twice_and_no_unknown_checkout_stays_so(seed: int) -> None:
    result = runs.run(seed)

    assert result.findings == []
    assert result.calls


def test_a_seed_of_orders_is_the_same_every_time() -> None:
    first, again = runs.run(3), runs.run(3)

    assert first.trace_hash == again.trace_hash
    assert first.trace


@pytest.mark.parametrize("number", [1, 2])
def test_the_checks_see_a_second_attempt(number: int) -> None:
    mutant = ORDERS.mutants[number]

    assert first_catch(mutant, SEEDS, runs.run), mutant.name


def test_what_must_happen_somewhere_is_missed_only_in_long_runs() -> None:
    seen = Counter(dict.fromkeys(SITUATIONS[SEEDS_MIN], 1)) - Counter(["a checkout closed"])

    assert never_met(seen, 199, SITUATIONS) == []
    assert never_met(seen, 200, SITUATIONS) == ["a checkout closed"]
