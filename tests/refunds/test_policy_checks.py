"""The checks of a policy are exact: held against every request that its bounds can tell apart."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from kassa.core.money import Money
from kassa.refunds.policy.checks import Finding, Severity, is_late, problems
from kassa.refunds.policy.conditions import COLUMNS, Answer, AnyOf, Condition
from kassa.refunds.policy.inputs import RefundInputs
from kassa.refunds.policy.model import RefundPolicy, decide
from tests.support.effort import few
from tests.support.policies import a_policy, a_rule, read, some_inputs, tables

SMALL = {"amount": {"up_to": "50 EUR"}}


def found(policy: RefundPolicy, severity: Severity) -> list[tuple[str, str]]:
    """Return whom findings of a severity are about, and what they say."""
    return [(one.rule_id, one.text) for one in problems(policy) if one.severity is severity]


def test_a_row_behind_a_wider_one_is_never_reached() -> None:
    policy = a_policy(
        a_rule(1, "escalate", has_open_dispute=True),
        a_rule(2, "approve", amount={"up_to": "50 EUR"}),
        a_rule(3, "approve", amount={"up_to": "50 EUR"}, reason="damaged"),
    )
    assert found(policy, Severity.ERROR) == [
        ("R3", "is never reached: R2 takes all its requests before it")
    ]


def test_a_row_may_be_hidden_by_several_together() -> None:
    low, high = {"risk_score": {"up_to": 40}}, {"risk_score": {"over": 40}}
    policy = a_policy(
        a_rule(1, "approve", **SMALL, **low),
        a_rule(2, "escalate", **SMALL, **high),
        a_rule(3, "approve", **SMALL),
    )
    text = "is never reached: R1, R2 together take all its requests before it"
    assert found(policy, Severity.ERROR) == [("R3", text)]


def test_a_gap_of_one_between_two_rows_is_seen() -> None:
    policy = a_policy(
        a_rule(1, "approve", **SMALL, risk_score={"up_to": 40}),
        a_rule(2, "escalate", **SMALL, risk_score={"over": 41}),
        a_rule(3, "approve", **SMALL),
    )
    assert found(policy, Severity.ERROR) == []
    assert decide(policy, some_inputs(risk_score=41)).rule_id == "R3"


def test_what_is_unknown_is_not_covered_by_ranges() -> None:
    policy = a_policy(
        a_rule(1, "approve", **SMALL, customer_refunds={"up_to": 1}),
        a_rule(2, "escalate", **SMALL, customer_refunds={"over": 1}),
        a_rule(3, "approve", **SMALL),
    )
    assert found(policy, Severity.ERROR) == []


@pytest.mark.parametrize(
    "when",
    [
        {"amount": {"over": "50 EUR", "up_to": "50 EUR"}},
        {"amount": {"over": "51 EUR", "up_to": "50 EUR"}},
        {"amount": {"up_to": "0 EUR"}},
        {"risk_score": {"over": 100}},
        {"amount": {"up_to": "5 EUR"}, "customer_paid": {"over": "5 USD"}},
    ],
)
def test_a_row_that_can_never_hold_is_an_error(when: dict[str, Any]) -> None:
    ((rule_id, text),) = found(a_policy(a_rule(1, "approve", **when)), Severity.ERROR)
    assert rule_id == "R1"
    assert text.startswith("can never hold")


def test_a_case_that_two_rows_decide_differently_is_shown() -> None:
    policy = a_policy(
        a_rule(1, "approve", **SMALL), a_rule(2, "reject", payment_age_days={"over": 365})
    )
    (clash,) = [one for one in problems(policy) if one.severity is Severity.WARNING]
    assert clash.rule_id == "R1"
    assert clash.text == (
        "is to approve and wins over R2, e.g. for amount 0.01 EUR, payment age days 366"
    )
    assert clash.witness is not None
    assert decide(policy, clash.witness).rule_id == "R1"


def test_a_special_case_before_the_general_one_is_no_finding() -> None:
    policy = a_policy(
        a_rule(1, "reject", reason="goodwill", **SMALL), a_rule(2, "approve", **SMALL)
    )
    assert found(policy, Severity.WARNING) == []


def test_to_escalate_first_is_noted_but_not_warned_of() -> None:
    policy = a_policy(a_rule(1, "escalate", has_open_dispute=True), a_rule(2, "approve", **SMALL))
    assert found(policy, Severity.WARNING) == []
    assert ("R1", "is to escalate and wins over R2") in [
        (rule_id, text.partition(",")[0]) for rule_id, text in found(policy, Severity.NOTICE)
    ]


def test_a_clash_that_an_earlier_row_takes_is_none() -> None:
    policy = a_policy(
        a_rule(1, "approve", reason="damaged", **SMALL),
        a_rule(2, "approve", reason="damaged"),
        a_rule(3, "reject", reason=["damaged", "other"], amount={"up_to": "50 EUR"}),
    )
    about = [rule_id for rule_id, text in found(policy, Severity.WARNING) if "wins" in text]
    assert about == []


@pytest.mark.parametrize("column", ["risk_score", "refund_share_percent", "requests_ip_day"])
def test_scores_only_route(column: str) -> None:
    def errors(then: str) -> list[tuple[str, str]]:
        return found(a_policy(a_rule(1, then, **{column: {"over": 90}})), Severity.ERROR)

    text = f"rejects by {column.replace('_', ' ')}; scores only route, so escalate instead"
    assert errors("reject") == [("R1", text)]
    assert errors("escalate") == []


def test_a_rejection_that_only_a_score_lets_through_is_warned_of() -> None:
    general = a_rule(2, "reject", payment_age_days={"over": 30})

    def warned(score: dict[str, Any], then: str = "approve") -> list[str]:
        old = {"payment_age_days": {"over": 60}, **score}
        policy = a_policy(a_rule(1, then, **SMALL, **old), general)
        return [rule_id for rule_id, text in found(policy, Severity.WARNING) if "score" in text]

    assert warned({"risk_score": {"up_to": 40}}) == ["R2"]
    assert warned({"risk_score": {"up_to": 40}}, then="escalate") == []
    assert warned({"customer_payments": {"over": 4}}) == []


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"amount": {"up_to": "500 EUR"}}, None),
        ({"amount": {"up_to": "500.01 EUR"}}, "approves above the hard limit of 500.00 EUR"),
        ({"amount": {"over": "1 EUR"}}, "approves above the hard limit of 500.00 EUR"),
        ({"amount": {"up_to": "1 XAU"}}, "approves above the hard limit of 0.00 XAU"),
        ({"customer_paid": {"up_to": "1 EUR"}}, "approves any amount"),
        ({}, "approves any amount"),
    ],
)
def test_an_approval_above_the_hard_limit_is_warned_of(
    when: dict[str, Any], expected: str | None
) -> None:
    warnings = found(a_policy(a_rule(1, "approve", **when)), Severity.WARNING)
    assert [text.startswith(expected or "-") for _, text in warnings] == [True] * bool(expected)
    assert found(a_policy(a_rule(1, "escalate", **when)), Severity.WARNING) == []


@pytest.mark.parametrize(
    ("limit_minor", "currency", "most"),
    [(500_01, "EUR", "500.00 EUR"), (75_001, "JPY", "75000 JPY"), (1, "XAU", "0.00 XAU")],
)
def test_a_policy_that_would_raise_the_limit_of_one_person_is_an_error(
    limit_minor: int, currency: str, most: str
) -> None:
    limit = Money(amount_minor=limit_minor, currency=currency)
    policy = a_policy().model_copy(update={"second_person_over": (limit,)})

    [(about, text)] = found(policy, Severity.ERROR)

    assert about == "second_person_over"
    assert f"is above {most}, the most that one person ever approves alone" in text


def test_a_policy_may_lower_the_limit_of_one_person_down_to_nothing() -> None:
    limits = tuple(Money(amount_minor=minor, currency="EUR") for minor in (0, 500_00))
    for limit in limits:
        policy = a_policy().model_copy(update={"second_person_over": (limit,)})
        assert found(policy, Severity.ERROR) == []


@pytest.mark.parametrize(("minutes", "is_error"), [(0, True), (4, True), (5, False)])
def test_an_approval_that_nobody_could_undo_is_an_error(minutes: int, is_error: bool) -> None:
    policy = a_policy().model_copy(update={"undo_minutes": minutes})

    assert bool(found(policy, Severity.ERROR)) is is_error
    assert problems(policy, undo_minutes_min=minutes) == problems(a_policy())


def test_a_default_that_leaves_nothing_to_a_person_is_warned_of() -> None:
    for outcome, warnings in (("approve", 1), ("reject", 1), ("escalate", 0)):
        assert len(found(a_policy(otherwise=outcome), Severity.WARNING)) == warnings


def test_a_table_without_a_gap_has_no_notice_of_one() -> None:
    policy = a_policy(a_rule(1, "escalate", has_open_dispute=True), a_rule(2, "escalate"))
    assert found(policy, Severity.NOTICE) == []


def test_errors_come_first_then_the_order_of_the_table() -> None:
    policy = a_policy(
        a_rule(1, "approve"),
        a_rule(2, "reject", risk_score={"over": 90}),
        otherwise="reject",
    )
    about = [(one.severity, one.rule_id) for one in problems(policy)]
    assert about == [
        (Severity.ERROR, "R2"),
        (Severity.ERROR, "R2"),
        (Severity.WARNING, "R1"),
        (Severity.WARNING, "otherwise"),
    ]


def test_what_takes_too_long_is_reported_and_named() -> None:
    policy = a_policy(
        a_rule(1, "approve", **SMALL, risk_score={"up_to": 40}),
        a_rule(2, "approve", **SMALL, risk_score={"up_to": 30}),
        a_rule(3, "reject", payment_age_days={"over": 365}),
    )
    last = problems(policy, pieces_max=3)[-1]
    assert last.severity is Severity.WARNING
    text = "too complex to check whether every row is reached, and by what: "
    (problem,) = [one for one in problems(policy, pieces_max=3) if one.text.startswith(text)]
    assert problem.text == text + "R3, R1, R2, otherwise"
    assert ("R2", "is never reached: R1 takes all its requests before it") in [
        (one.rule_id, one.text) for one in problems(policy, pieces_max=3)
    ]


def test_a_policy_that_starts_in_the_past_is_late() -> None:
    policy = a_policy()
    starts = datetime(2026, 12, 1, tzinfo=UTC)
    assert not is_late(policy, starts)
    assert is_late(policy, starts + timedelta(microseconds=1))


CURRENCIES = ("JPY", "KRW", "EUR")  # the tables' own, and one that no rule names


def values_apart(condition: Condition) -> set[Any]:
    """Return the values of a column that a condition can tell apart."""
    about = COLUMNS[condition.column]
    values: set[Any] = {None} if about.may_be_unknown else set()
    if isinstance(condition, Answer):
        return {True, False}
    if isinstance(condition, AnyOf):
        return values | {*condition.values, *(about.values or ["food"])}
    bounds = [n for n in (condition.over, condition.up_to) if n is not None]
    numbers = {about.low, *(n for b in bounds for n in (b, b + 1) if n >= about.low)}
    if condition.currency is None:
        return values | numbers
    own = {Money(amount_minor=n, currency=condition.currency) for n in numbers}
    return values | own | {Money(amount_minor=1, currency=one) for one in CURRENCIES}


def every_request(policy: RefundPolicy) -> Iterator[RefundInputs]:
    """Yield every request that a policy's bounds and words can tell apart."""
    values: dict[str, set[Any]] = {}
    for condition in (one for rule in policy.rules for one in rule.when):
        values.setdefault(condition.column, set()).update(values_apart(condition))
    usual = some_inputs()
    for picked in product(*values.values()):
        inputs = usual.model_copy(update=dict(zip(values, picked, strict=True)))
        paid = inputs.customer_paid
        if paid is None or "amount" not in values or paid.currency == inputs.amount.currency:
            yield inputs


@few(15)
@given(tables(rules_max=3))
def test_a_row_is_unreachable_just_when_no_request_reaches_it(document: dict[str, Any]) -> None:
    policy = read(document)
    reached = {decide(policy, inputs).rule_id for inputs in every_request(policy)}
    about = problems(policy)
    unreachable = {
        one.rule_id for one in about if "never reached" in one.text or "never hold" in one.text
    }
    assert unreachable == {rule.rule_id for rule in policy.rules} - reached
    assert any("no rule takes" in one.text for one in about) is ("otherwise" in reached)


@few(15)
@given(tables(rules_max=4))
def test_every_witness_is_a_real_case(document: dict[str, Any]) -> None:
    policy = read(document)
    for one in problems(policy):
        if one.witness is not None:
            assert decide(policy, one.witness).rule_id == one.rule_id
            assert beaten(one) <= would_take(policy, one)


def beaten(finding: Finding) -> set[str]:
    """Return the first row a finding says is beaten."""
    _, _, rest = finding.text.partition("wins over ")
    return {rest.split(",")[0]} - {""}


def would_take(policy: RefundPolicy, finding: Finding) -> set[str]:
    """Return the rows that would take a witness if they stood first, and decide otherwise."""
    assert finding.witness is not None
    mine = decide(policy, finding.witness).outcome
    alone = [policy.model_copy(update={"rules": (rule,)}) for rule in policy.rules]
    decided = [decide(one, finding.witness) for one in alone]
    return {one.rule_id for one in decided if one.outcome is not mine}
