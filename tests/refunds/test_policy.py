"""A refund policy decides by its first row that holds, on its bounds exactly as it is written."""

import pickle
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from kassa.core.money import Money, to_decimal
from kassa.refunds.policy.conditions import (
    COLUMNS,
    Answer,
    AnyOf,
    Condition,
    Kind,
    MoneyWithin,
    Within,
)
from kassa.refunds.policy.inputs import SCORES, Reason, RefundInputs
from kassa.refunds.policy.model import (
    NO_POLICY,
    OTHERWISE,
    Decision,
    OnExpiry,
    Outcome,
    RefundPolicy,
    Rule,
    decide,
    without_rules,
)
from tests.support.policies import a_policy, a_rule, euros, read, requests, some_inputs, tables

YEN = Money(amount_minor=50_00, currency="JPY")


def holds(inputs: RefundInputs, **when: Any) -> bool:
    """Say whether a rule with these conditions takes a request."""
    return decide(a_policy(a_rule(1, "approve", **when)), inputs).rule_id == "R1"


@pytest.mark.parametrize(
    ("when", "inputs", "expected"),
    [
        ({"amount": {"up_to": "50.00 EUR"}}, {"amount": euros(50_00)}, True),
        ({"amount": {"up_to": "50.00 EUR"}}, {"amount": euros(50_01)}, False),
        ({"amount": {"over": "50.00 EUR"}}, {"amount": euros(50_00)}, False),
        ({"amount": {"over": "50.00 EUR"}}, {"amount": euros(50_01)}, True),
        ({"amount": {"over": "5 EUR", "up_to": "6 EUR"}}, {"amount": euros(5_00)}, False),
        ({"amount": {"over": "5 EUR", "up_to": "6 EUR"}}, {"amount": euros(5_01)}, True),
        ({"amount": {"over": "5 EUR", "up_to": "6 EUR"}}, {"amount": euros(6_00)}, True),
        ({"amount": {"over": "5 EUR", "up_to": "6 EUR"}}, {"amount": euros(6_01)}, False),
        ({"amount": {"up_to": "50.00 EUR"}}, {"amount": YEN}, False),
        ({"amount": {"over": "0 EUR"}}, {"amount": YEN}, False),
        ({"amount": {"up_to": "5000 JPY"}}, {"amount": YEN}, True),
        ({"customer_paid": {"over": "0 EUR"}}, {"customer_paid": None}, False),
        ({"payment_age_days": {"up_to": 30}}, {"payment_age_days": 30}, True),
        ({"payment_age_days": {"up_to": 30}}, {"payment_age_days": 31}, False),
        ({"payment_age_days": {"over": 30}}, {"payment_age_days": 30}, False),
        ({"payment_age_days": {"over": 30}}, {"payment_age_days": 31}, True),
        ({"customer_refunds": {"up_to": 0}}, {"customer_refunds": 0}, True),
        ({"customer_refunds": {"up_to": 0}}, {"customer_refunds": None}, False),
        ({"customer_refunds": {"over": 0}}, {"customer_refunds": None}, False),
        ({"customer_refunds": {"over": 0, "up_to": 9}}, {"customer_refunds": None}, False),
        ({"reason": ["damaged", "other"]}, {"reason": Reason.OTHER}, True),
        ({"reason": "damaged"}, {"reason": Reason.OTHER}, False),
        ({"category": "books"}, {"category": "books"}, True),
        ({"category": "books"}, {"category": "Books"}, False),
        ({"category": "books"}, {"category": None}, False),
        ({"has_open_dispute": True}, {"has_open_dispute": True}, True),
        ({"has_open_dispute": True}, {"has_open_dispute": False}, False),
        ({"has_open_dispute": False}, {"has_open_dispute": False}, True),
        ({"has_open_dispute": False}, {"has_open_dispute": True}, False),
        ({}, {}, True),
    ],
)
def test_a_condition_takes_exactly_what_it_says(
    when: dict[str, Any], inputs: dict[str, Any], expected: bool
) -> None:
    assert holds(some_inputs(**inputs), **when) is expected


def test_the_first_row_that_holds_decides() -> None:
    policy = a_policy(
        a_rule(1, "reject", payment_age_days={"over": 365}),
        a_rule(2, "approve", amount={"up_to": "50.00 EUR"}),
        a_rule(3, "reject", amount={"up_to": "60.00 EUR"}),
    )

    def decided(**inputs: Any) -> Decision:
        return decide(policy, some_inputs(**inputs))

    approved = Decision(outcome=Outcome.APPROVE, rule_id="R2", policy_version=7)
    assert decided() == approved
    assert decided(payment_age_days=366).rule_id == "R1"
    assert decided(amount=euros(60_00)).rule_id == "R3"
    fallen = Decision(outcome=Outcome.ESCALATE, rule_id=OTHERWISE, policy_version=7)
    assert decided(amount=euros(60_01)) == fallen


def test_every_condition_of_a_row_must_hold() -> None:
    when = {"amount": {"up_to": "50 EUR"}, "reason": "damaged", "customer_refunds": {"up_to": 1}}
    assert holds(some_inputs(customer_refunds=1), **when)
    assert not holds(some_inputs(customer_refunds=2), **when)
    assert not holds(some_inputs(customer_refunds=1, reason=Reason.OTHER), **when)
    assert not holds(some_inputs(customer_refunds=1, amount=euros(50_01)), **when)


def test_what_no_row_takes_is_decided_by_the_default() -> None:
    rejecting = a_policy(otherwise="reject")
    last = Decision(outcome=Outcome.REJECT, rule_id="otherwise", policy_version=7)
    assert decide(rejecting, some_inputs()) == last


def test_without_a_policy_a_person_decides() -> None:
    policy = NO_POLICY("main")

    expected = Decision(outcome=Outcome.ESCALATE, rule_id="otherwise", policy_version=0)
    assert decide(policy, some_inputs()) == expected
    assert (policy.merchant_id, policy.version, policy.rules) == ("main", 0, ())
    assert policy.effective_from == policy.saved_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert policy.saved_by == "kassa"
    assert policy.on_expiry is OnExpiry.KEEP
    assert policy.second_person_over == ()
    assert (policy.decide_within_hours, policy.remind_after_hours) == (48, 24)
    assert (policy.undo_minutes, policy.note) == (5, "")


def naive(document: dict[str, Any], inputs: RefundInputs) -> tuple[str, str]:
    """Decide by the words themselves, the slow and obvious way."""
    for rule in document["rules"]:
        cells = rule["when"].items()
        if all(naively_holds(getattr(inputs, column), cell) for column, cell in cells):
            return rule["then"], rule["id"]
    return document["otherwise"], "otherwise"


def naively_holds(value: Any, cell: Any) -> bool:
    if value is None:
        return False
    if not isinstance(cell, dict):
        return value in cell if isinstance(cell, list) else value == cell
    number: Any = to_decimal(value) if isinstance(value, Money) else value
    for name, bound in cell.items():
        if isinstance(value, Money):
            bound, currency = bound.split()
            if currency != value.currency:
                return False
        is_inside = number > Decimal(bound) if name == "over" else number <= Decimal(bound)
        if not is_inside:
            return False
    return True


@given(tables(), requests)
def test_decisions_are_those_of_the_written_policy(
    document: dict[str, Any], inputs: RefundInputs
) -> None:
    decision = decide(read(document), inputs)
    assert (decision.outcome, decision.rule_id) == naive(document, inputs)


def test_a_copy_with_other_rules_decides_by_them() -> None:
    policy = a_policy(a_rule(1, "approve"))
    assert decide(policy, some_inputs()).rule_id == "R1"

    changed = policy.model_copy(update={"rules": (), "version": 8})
    assert decide(changed, some_inputs()).rule_id == "otherwise"
    assert decide(changed, some_inputs()).policy_version == 8
    other_last = changed.model_copy(update={"otherwise": Outcome.REJECT})
    assert decide(other_last, some_inputs()).outcome is Outcome.REJECT
    assert decide(policy, some_inputs()).rule_id == "R1"


def test_a_policy_that_decided_is_still_the_same_value() -> None:
    policy, fresh = a_policy(a_rule(1, "approve")), a_policy(a_rule(1, "approve"))
    decide(policy, some_inputs())

    assert policy == fresh
    assert RefundPolicy.model_validate_json(policy.model_dump_json()) == policy
    for copied in (pickle.loads(pickle.dumps(policy)), deepcopy(policy)):
        assert copied == policy
        assert decide(copied, some_inputs()) == decide(policy, some_inputs())
    assert "lines" not in policy.__getstate__()["__dict__"]


def test_every_input_is_a_column_of_its_kind() -> None:
    assert list(COLUMNS) != []
    assert set(COLUMNS) == set(RefundInputs.model_fields)
    assert set(COLUMNS) >= SCORES
    kinds = {bool: Kind.QUESTION, int: Kind.NUMBER, Money: Kind.MONEY}
    for name, field in RefundInputs.model_fields.items():
        plain = [t for t in kinds if field.annotation in (t, t | None)]
        assert COLUMNS[name].kind is (kinds[plain[0]] if plain else Kind.VALUES), name
        assert COLUMNS[name].may_be_unknown is (field.annotation == (field.annotation | None))


@pytest.mark.parametrize(
    ("made", "values"),
    [
        (Within, {"column": "amount", "up_to": 1}),
        (Within, {"column": "nonsense", "up_to": 1}),
        (Within, {"column": "risk_score"}),
        (MoneyWithin, {"column": "amount", "currency": "EUR"}),
        (MoneyWithin, {"column": "amount", "currency": "eur", "up_to": 1}),
        (MoneyWithin, {"column": "risk_score", "currency": "EUR", "up_to": 1}),
        (AnyOf, {"column": "reason", "values": ()}),
        (AnyOf, {"column": "amount", "values": ("a",)}),
        (Answer, {"column": "reason", "answer": True}),
    ],
)
def test_a_condition_that_makes_no_sense_cannot_be_built(
    made: type[Condition], values: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        made.model_validate(values)


def test_a_rule_names_a_column_once() -> None:
    twice = (Within(column="risk_score", up_to=1), Within(column="risk_score", over=0))
    with pytest.raises(ValidationError, match="R1 names a column twice"):
        Rule(rule_id="R1", name="Twice", when=twice, then=Outcome.APPROVE)


@pytest.mark.parametrize("rule_ids", [("R1", "R1"), ("otherwise",)])
def test_a_decision_names_one_row_only(rule_ids: tuple[str, ...]) -> None:
    rules = [Rule(rule_id=one, name=one, then=Outcome.APPROVE) for one in rule_ids]
    with pytest.raises(ValidationError, match="stands twice"):
        RefundPolicy.model_validate(dict(NO_POLICY("main")) | {"rules": rules})


def test_a_second_person_has_one_limit_a_currency() -> None:
    limits = (euros(1), euros(2))
    with pytest.raises(ValidationError, match="stands twice"):
        RefundPolicy.model_validate(dict(NO_POLICY("main")) | {"second_person_over": limits})


def test_a_policy_without_its_rules_lets_a_person_decide_and_keeps_all_else() -> None:
    policy = a_policy(a_rule(1, "approve", amount={"up_to": "50.00 EUR"}), otherwise="reject")
    bare = without_rules(policy)

    assert policy.rules
    assert (bare.rules, bare.otherwise) == ((), Outcome.ESCALATE)
    assert bare.model_copy(update={"rules": policy.rules, "otherwise": policy.otherwise}) == policy
