"""What would have flipped a decision: each claim is true at its bound, and false a step before."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.refunds.policy.counterfactuals import COUNT_MAX, HARD_LIMIT, counterfactuals
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Counterfactual, Direction, Outcome, RefundPolicy, decide
from tests.support.policies import a_policy, a_rule, euros, read, requests, some_inputs, tables

LIMIT = 500_00
SMALL = a_rule(1, "approve", amount={"up_to": "120.00 EUR"}, payment_age_days={"up_to": 30})


def texts(policy: RefundPolicy, limit_minor: int = LIMIT, **inputs: Any) -> list[str]:
    """Return what would have flipped the decision, in words."""
    return [one.text for one in counterfactuals(policy, some_inputs(**inputs), limit_minor)]


def test_an_approval_says_where_it_would_have_ended() -> None:
    assert texts(a_policy(SMALL)) == [
        "would have been escalated above 120.00 EUR",
        "would have been escalated if the payment were more than 30 days old",
    ]
    assert texts(a_policy(SMALL), amount=euros(120_00))[0].endswith("above 120.00 EUR")


def test_an_escalation_says_what_would_have_been_approved() -> None:
    assert texts(a_policy(SMALL), amount=euros(120_01)) == [
        "would have been approved up to 120.00 EUR"
    ]
    assert texts(a_policy(SMALL), payment_age_days=31) == [
        "would have been approved if the payment were at most 30 days old"
    ]
    assert texts(a_policy(SMALL), payment_age_days=31, amount=euros(120_01)) == []


def test_the_fields_say_the_same_as_the_sentence() -> None:
    above, older = counterfactuals(a_policy(SMALL), some_inputs(), LIMIT)
    assert above == Counterfactual(
        column="amount",
        direction=Direction.ABOVE,
        number=120_00,
        currency="EUR",
        decision=Outcome.ESCALATE,
        rule_id="otherwise",
        text="would have been escalated above 120.00 EUR",
    )
    assert (older.column, older.number, older.currency) == ("payment_age_days", 30, None)


def test_the_hard_limit_stands_above_every_rule() -> None:
    policy = a_policy(a_rule(1, "approve"))
    (above,) = counterfactuals(policy, some_inputs(amount=euros(LIMIT)), LIMIT)
    assert above.text == "would have been escalated above 500.00 EUR, the hard limit of one refund"
    assert (above.rule_id, above.number) == (HARD_LIMIT, LIMIT)

    (below,) = counterfactuals(policy, some_inputs(amount=euros(LIMIT + 1)), LIMIT)
    assert below.text == "would have been approved up to 500.00 EUR"
    assert below.rule_id == "R1"


def test_nothing_else_helps_above_the_hard_limit() -> None:
    policy = a_policy(a_rule(1, "approve", reason="damaged"))
    above = {"amount": euros(LIMIT + 1), "reason": Reason.OTHER}
    assert texts(policy, **above) == []
    assert texts(policy, amount=euros(LIMIT), reason=Reason.OTHER) == [
        "would have been approved if the reason were damaged"
    ]


def test_values_are_those_that_rules_name_and_decide_alike() -> None:
    policy = a_policy(
        a_rule(1, "approve", reason=["not_received", "damaged"]),
        a_rule(2, "reject", reason="goodwill"),
    )
    (other,) = counterfactuals(policy, some_inputs(reason=Reason.OTHER), LIMIT)
    assert other.text == "would have been approved if the reason were not received or damaged"
    assert other.values == ("not_received", "damaged")
    assert (other.direction, other.number) == (Direction.IS, None)

    assert texts(policy)[1:] == ["would have been rejected if the reason were goodwill"]


def test_an_unknown_text_may_be_flipped_but_an_unknown_number_has_no_neighbours() -> None:
    policy = a_policy(a_rule(1, "approve", category="books"))
    assert texts(policy) == ["would have been approved if the category were books"]
    policy = a_policy(a_rule(1, "approve", customer_refunds={"up_to": 2}))
    assert texts(policy) == []
    assert texts(policy, customer_refunds=3) == [
        "would have been approved if at most 2 of the customer's payments had been refunded"
    ]


def test_a_dispute_is_a_question() -> None:
    policy = a_policy(a_rule(1, "escalate", has_open_dispute=True), a_rule(2, "approve"))
    assert texts(policy)[1:] == ["would have been escalated if a dispute were open"]
    assert texts(policy, has_open_dispute=True) == [
        "would have been approved if no dispute were open"
    ]


def test_amounts_of_another_currency_are_no_neighbours() -> None:
    policy = a_policy(a_rule(1, "approve", amount={"up_to": "100 JPY"}))
    assert texts(policy) == []
    yen = Money(amount_minor=101, currency="JPY")
    assert texts(policy, amount=yen) == ["would have been approved up to 100 JPY"]


def test_an_input_only_goes_where_it_can_be() -> None:
    assert texts(a_policy(a_rule(1, "approve", risk_score={"up_to": 100})), amount=euros(1)) == [
        "would have been escalated above 500.00 EUR, the hard limit of one refund"
    ]
    nothing = a_policy(a_rule(1, "approve", amount={"up_to": "0 EUR"}))
    assert texts(nothing) == []
    none_yet = a_policy(a_rule(1, "reject", customer_refunds={"up_to": 0}))
    assert texts(none_yet, customer_refunds=1) == [
        "would have been rejected if at most 0 of the customer's payments had been refunded"
    ]


def test_the_percentage_follows_the_amount_where_the_captured_amount_is_known() -> None:
    policy = a_policy(a_rule(1, "approve", amount_percent={"up_to": 50}))
    inputs = some_inputs(amount=euros(50_00), amount_percent=50)

    follows = counterfactuals(policy, inputs, LIMIT, captured_minor=101_00)
    assert [one.text for one in follows] == ["would have been escalated above 50.50 EUR"]
    alone = counterfactuals(policy, inputs, LIMIT)
    assert [one.text for one in alone] == [
        "would have been escalated above 500.00 EUR, the hard limit of one refund",
        "would have been escalated if the amount were more than 50 % of what was captured",
    ]


def test_no_amount_above_what_was_captured_is_offered() -> None:
    policy = a_policy(SMALL)
    for captured, expected in ((120_00, 0), (120_01, 1)):
        found = counterfactuals(policy, some_inputs(), LIMIT, captured_minor=captured)
        assert sum(one.column == "amount" for one in found) == expected


def test_a_bound_that_changes_only_the_rule_is_no_flip() -> None:
    policy = a_policy(
        a_rule(1, "approve", amount={"up_to": "60.00 EUR"}),
        a_rule(2, "approve", amount={"up_to": "80.00 EUR"}),
    )
    assert texts(policy) == ["would have been escalated above 80.00 EUR"]


def test_the_amount_comes_first_and_there_are_never_too_many() -> None:
    names = ("customer_payments", "customer_refunds", "amount_ratio_percent", "risk_score")
    days = [f"requests_{what}_day" for what in ("customer", "card", "address", "ip")]
    known = {column: {"up_to": 50} for column in (*names, *days)}
    policy = a_policy(a_rule(1, "approve", amount={"up_to": "60.00 EUR"}, **known))
    inputs = some_inputs(**dict.fromkeys(known, 50))

    found = counterfactuals(policy, inputs, LIMIT)
    assert len(found) == COUNT_MAX
    assert found[0].column == "amount"
    assert found == counterfactuals(policy, inputs, LIMIT)


@pytest.mark.parametrize(
    ("column", "value", "bound", "expected"),
    [
        ("payment_age_days", 0, 1, "if the payment were more than 1 day old"),
        ("customer_payments", 2, 2, "if the customer had made more than 2 payments"),
        ("customer_age_days", 0, 1, "if the customer's first payment were more than 1 day ago"),
        ("refund_share_percent", 5, 20, "if the customer's share of refunds were more than 20 %"),
        ("risk_score", 5, 40, "if the risk score were more than 40"),
        (
            "requests_card_day",
            0,
            1,
            "if the card had made more than 1 refund request in 24 hours",
        ),
    ],
)
def test_each_column_has_its_own_values(column: str, value: int, bound: int, expected: str) -> None:
    policy = a_policy(a_rule(1, "approve", **{column: {"up_to": bound}}))
    assert texts(policy, **{column: value})[1:] == [f"would have been escalated {expected}"]


def with_limit(policy: RefundPolicy, inputs: RefundInputs, limit_minor: int) -> tuple[str, str]:
    """Decide as a whole: the rules, and the hard limit above them."""
    decision = decide(policy, inputs)
    if decision.outcome is Outcome.APPROVE and inputs.amount.amount_minor > limit_minor:
        return Outcome.ESCALATE, HARD_LIMIT
    return decision.outcome, decision.rule_id


def changed(inputs: RefundInputs, one: Counterfactual, number: int) -> RefundInputs:
    """Return a request with the number of a claim's column changed."""
    value = Money(amount_minor=number, currency=one.currency) if one.currency else number
    return inputs.model_copy(update={one.column: value})


@given(tables(), requests, st.integers(0, 6))
def test_every_claim_about_a_number_is_true_on_its_bound_and_not_before(
    document: dict[str, Any], inputs: RefundInputs, limit: int
) -> None:
    policy = read(document)
    now, _ = with_limit(policy, inputs, limit)
    for one in counterfactuals(policy, inputs, limit):
        if one.number is None:
            continue
        value = getattr(inputs, one.column)
        here = value.amount_minor if isinstance(value, Money) else value
        is_above = one.direction is Direction.ABOVE
        beyond = one.number + 1 if is_above else one.number
        decided = with_limit(policy, changed(inputs, one, beyond), limit)
        assert decided == (one.decision, one.rule_id)
        assert one.decision != now
        before = range(here, beyond) if is_above else range(beyond + 1, here + 1)
        for number in before:
            assert with_limit(policy, changed(inputs, one, number), limit)[0] == now


@given(tables(), requests, st.integers(0, 6))
def test_every_claim_about_a_value_is_true(
    document: dict[str, Any], inputs: RefundInputs, limit: int
) -> None:
    policy = read(document)
    answers: dict[str, Any] = {"yes": True, "no": False}
    for one in counterfactuals(policy, inputs, limit):
        for listed in one.values:
            value = answers.get(listed, listed)
            decided = with_limit(policy, inputs.model_copy(update={one.column: value}), limit)
            assert decided == (one.decision, one.rule_id)
            assert one.decision != with_limit(policy, inputs, limit)[0]


@given(tables(), requests, st.integers(0, 6))
def test_no_flip_of_an_amount_is_missed(
    document: dict[str, Any], inputs: RefundInputs, limit: int
) -> None:
    policy = read(document)
    now, _ = with_limit(policy, inputs, limit)
    found = {c.direction for c in counterfactuals(policy, inputs, limit) if c.column == "amount"}
    here, currency = inputs.amount.amount_minor, inputs.amount.currency

    def flips(number: int) -> bool:
        amount = Money(amount_minor=number, currency=currency)
        return with_limit(policy, inputs.model_copy(update={"amount": amount}), limit)[0] != now

    assert (Direction.ABOVE in found) is any(flips(n) for n in range(here, 12))
    assert (Direction.UP_TO in found) is any(flips(n) for n in range(1, here))
