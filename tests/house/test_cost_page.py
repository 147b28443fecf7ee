"""The page of costs is what its command computes, and grows the way a bill does."""

import re

import pytest

from bench.monthly_cost import PAGE, PAYMENTS, USD, Counted, month, page, written

ONE = Counted(5.44, 30.0, 11.0, 4.0, 8.0, 4.0, 10.0)


def totals(document: str) -> list[float]:
    """Return the line that adds up."""
    (line,) = re.findall(r"^\| \*\*in all.*$", document, re.MULTILINE)
    return [float(one.replace(",", "")) for one in re.findall(r"\*\*([0-9.,]+)\*\*", line)]


def test_the_page_says_what_the_command_computes_to_the_last_few_cents() -> None:
    stated, computed = totals(PAGE.read_text()), totals(page())
    assert len(stated) == len(PAYMENTS)
    assert stated == pytest.approx(computed, rel=0.02), "run 'python -m bench.monthly_cost --write'"


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
