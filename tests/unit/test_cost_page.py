"""The page of costs is what its command computes, and grows the way a bill does."""

import pytest

from bench.monthly_cost import PAGE, PAYMENTS, USD, Counted, month, page, written

ONE = Counted(5.44, 30.0, 11.0, 4.0, 8.0, 4.0, 10.0)


def test_the_page_says_what_the_command_computes() -> None:
    current = PAGE.read_text()
    assert written(current, page()) == current, "run 'python -m bench.monthly_cost --write'"


def test_every_price_is_met_by_something_used() -> None:
    unused = {kind for kind, usd in month(PAYMENTS[-1], ONE).items() if not usd}
    assert unused <= {"composite alarm", "dashboard"} & USD.keys()


def test_a_bill_is_its_idle_share_and_a_part_for_each_payment() -> None:
    idle, one, two = (sum(month(payments, ONE).values()) for payments in (0, 1_000, 2_000))
    assert idle > 0
    assert two - idle == pytest.approx(2 * (one - idle))


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cost\.md has no"):
        written("# Costs", "| a |")
