"""Fees beside a contract: what it allows is no drift, what goes beyond is one without history."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kassa.core.periods import Period
from kassa.reports.anomalies.alerted_store import entered
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.report import entered_of
from kassa.reports.anomalies.rules.agreed import Allowed, allowed
from kassa.reports.anomalies.rules.cells import Cells
from kassa.reports.anomalies.rules.fees import fee_drift
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.contracts.store import SavedContracts
from tests.support.agreed_fees import OF, TODAY, charged, contract, contracts, drifts, line
from tests.support.aws_stack import NOW, Stack
from tests.support.builders import OPERATOR


@pytest.mark.parametrize(
    ("count", "fee_minor", "found"),
    [
        (5, 5 * 40 + 6, [(0, True, 6)]),  # a cent each for rounding, and one more
        (5, 5 * 40 + 5, []),
        (4, 4 * 80, []),  # too few settlements
        (5, 5 * 30, []),  # less than was agreed
    ],
)
def test_fees_beyond_the_contract_are_found_without_any_history(
    count: int, fee_minor: int, found: list[tuple[int, bool, int]]
) -> None:
    assert drifts({0: charged(count, fee_minor)}, contracts()) == found


def test_a_percent_beyond_the_contract_is_the_least_that_counts() -> None:
    allowed_minor = 10 * (15_00 + 25)  # of ten payments over 1,000.00
    least = allowed_minor + allowed_minor // 100
    assert drifts({0: charged(10, least, 1_000_00)}, contracts()) == []
    [(day, is_agreed, _)] = drifts({0: charged(10, least + 3, 1_000_00)}, contracts())
    assert (day, is_agreed) == (0, True)


def test_dearer_than_before_and_as_agreed_is_no_drift() -> None:
    days = {-20: charged(40, 40 * 30), 0: charged(10, 10 * 40)}
    assert drifts(days, contracts()) == []
    assert [one[:2] for one in drifts(days, FeeContracts())] == [(0, False)]


def test_where_cards_regions_differ_only_beyond_the_dearest_is_too_much_for_sure() -> None:
    known = contracts(contract(line("1.5", regions=(Region.EEA,)), line("3.0")))
    dear, between = {0: charged(10, 10 * 56 + 1)}, {0: charged(10, 10 * 50)}
    assert [one[:2] for one in drifts(dear, known)] == [(0, True)]
    assert drifts(between, known) == []
    assert [one[:2] for one in drifts({-20: charged(40, 40 * 40)} | between, known)] == [(0, False)]


def test_a_new_contract_holds_for_what_was_captured_under_it() -> None:
    since = TODAY - timedelta(days=13)
    known = contracts(contract(line("3.0")), contract(line("1.5"), since=since))
    assert drifts({0: charged(10, 10 * 55)}, known) == []  # captured before, settled after
    later = contracts(contract(line("3.0")), contract(line(), since=since - timedelta(days=1)))
    assert [one[:2] for one in drifts({0: charged(10, 10 * 55)}, later)] == [(0, True)]


@pytest.mark.parametrize(
    ("known", "of"),
    [
        (FeeContracts(), OF),
        (contracts(contract(since=TODAY + timedelta(days=1))), OF),
        (contracts(), ("paypal", *OF[1:])),
        (contracts(), (*OF[:2], "wallet", *OF[3:])),
        (contracts(), (*OF[:4], "USD", "EUR")),  # nobody said what the exchange costs
        (contracts(contract(line(brands=("amex",)))), OF),
    ],
)
def test_what_no_line_is_about_is_compared_with_the_fees_before(
    known: FeeContracts, of: tuple[str, ...]
) -> None:
    assert allowed(known, of, TODAY, (10, 100_00)) is None


def test_a_brand_that_nobody_named_may_be_any() -> None:
    known = contracts(contract(line("3.0", brands=("amex",)), line("1.5")))
    unnamed = (*OF[:3], "unknown", *OF[4:])
    assert allowed(known, unnamed, TODAY, (1, 100_00)) == Allowed(Decimal("325"), False)
    assert allowed(known, OF, TODAY, (1, 100_00)) == Allowed(Decimal("175"), True)


def test_the_finding_says_that_it_was_agreed_otherwise() -> None:
    row = (*OF, 0, 10, 100_00, 500, "10000000", "500000")
    [(one, _)] = fee_drift([row], Cells([], Period.of(TODAY, "UTC")), contracts())

    assert "25% more than agreed for visa card payments" in one.headline
    assert "by the contract entered it would be €4.00, 4.00%" in one.reasons[0]
    assert (one.amount_minor, one.like) == (1_00, "fees " + "/".join(OF))


def test_a_manifest_keeps_the_contracts_and_one_without_them_is_as_it_was(stack: Stack) -> None:
    period = Period.of(TODAY, "UTC")
    assert entered(period) is None
    SavedContracts("main").save(contracts().model_copy(update={"saved_at": NOW}), OPERATOR)

    assert entered_of(entered(period)).contracts.contracts == contracts().contracts
    assert "contracts" not in Entered().model_dump()
