"""What can't be an electronic invoice is refused under the rule that says so, all of it at once."""

import pytest
from stdnum.fi import ytunnus

from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.checks import problems, refuse_problems
from kassa.billing.einvoice.ids import is_finnish_reference, is_of_scheme, is_vat_number
from kassa.billing.einvoice.profiles import EN16931, PROFILES
from kassa.core.errors import EinvoiceRefused
from tests.conformance.einvoices.broken import Broken, broken
from tests.conformance.einvoices.cases import Case, cases, european
from tests.support.billing import line


@pytest.mark.parametrize("one", list(broken()), ids=lambda one: f"{one.profile.name} {one.rule}")
def test_a_broken_draft_is_refused_by_its_rule_and_field(one: Broken) -> None:
    found = problems(worked_out(one.draft), one.profile)

    assert (one.rule, one.field) in {(problem.rule, problem.field) for problem in found}
    assert all(problem.advice.endswith(".") for problem in found)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_a_sound_draft_is_let_pass(case: Case) -> None:
    assert [found for one in case.profiles for found in problems(case.document, one)] == []


def test_every_rule_has_a_draft_that_it_refuses() -> None:
    refused = {one.rule for one in broken()}
    rules = {rule.id for profile in PROFILES.values() for rule in profile.rules}

    assert sorted(rules - refused) == []


def test_a_refusal_lists_every_problem() -> None:
    document = worked_out(european([line(1, unit="QQQ")], currency="KWD", due_on=None))

    with pytest.raises(EinvoiceRefused) as refused:
        refuse_problems(document, EN16931)

    assert [one["rule"] for one in refused.value.rules] == ["BR-CO-25", "BR-DEC-23", "BR-CL-23"]
    assert "lines.0.unit: Use a code of" in str(refused.value)


@pytest.mark.parametrize(
    ("number", "holds"),
    [("1232", True), ("1233", False), ("1234561", True), ("12", False), ("12345672", True)],
)
def test_a_finnish_reference_ends_in_its_check_digit(number: str, holds: bool) -> None:
    assert is_finnish_reference(number) is holds


@pytest.mark.parametrize("number", ["TH0105556000001", "GB000000000", "CHE116281710"])
def test_numbers_from_outside_the_eu_are_taken_as_they_are(number: str) -> None:
    assert is_vat_number(number)


def test_numbers_of_schemes_that_nobody_here_knows_are_taken_as_they_are() -> None:
    assert is_of_scheme("0060", "whatever")
    assert not is_of_scheme("0212", "0112038-8")
    assert ytunnus.is_valid("0112038-9")
