"""Deciding at once: what is looked at, what stands above the policy, and the lifecycle that
begins.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.gateways.events import ObjectKind
from kassa.ledger.state import SubjectState
from kassa.refunds.decision.decision import Bounds, begun, receipt, request_for
from kassa.refunds.decision.evidence import Case, inputs_of
from kassa.refunds.lifecycle.lifecycle import POLICY, Change, RefundLifecycle, RequestState, Step
from kassa.refunds.policy.counterfactuals import counterfactuals
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import OnExpiry, Outcome, RefundPolicy
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.request.request import LineItem, refund_request_id
from kassa.refunds.risk.score import ScorePart
from kassa.refunds.risk.signals import RiskInputs
from tests.support.builders import NOW, eur, subject
from tests.support.refund_cases import (
    RR,
    a_dispute,
    a_policy,
    a_receipt,
    a_request,
    an_object,
    charge,
)

LIMIT = limits_of("EUR").per_refund_minor
PART = ScorePart(name="velocity", points=15, text="3 other requests in 24 hours")
RISK = RiskInputs(risk_score=15, requests_ip_day=3, gateway_risk="normal", score_parts=(PART,))
BOUNDS = Bounds(age_max_days=365)


def a_case(amount_minor: int = 60_00, now: datetime = NOW, **objects: Any) -> Case:
    """Return a request for a part of a payment large enough for any limit."""
    taken = {"ch_1": charge(10 * LIMIT, method="card", country="JP")}
    line = LineItem(sku="a", category="books")
    request_body = RefundRequestBody(
        payment_id="pi_1", reason="not_received", claim_id="c", line_items=(line,)
    )
    fields = {"order_id": "order-1", "customer_id": "cus_1", "language": "ja"}
    payment = SubjectState(objects=taken | objects, **fields)
    return Case(request_body, subject(), payment, eur(amount_minor), RISK, now)


def ruling(then: str) -> RefundPolicy:
    """Return a policy whose one rule decides all that comes here."""
    when = {"risk_score": {"up_to": 99}, "amount_percent": {"up_to": 50}}
    rule = {"id": "R7", "name": "All", "when": when, "then": then}
    otherwise = "reject" if then == "escalate" else "escalate"
    fields = {"effective_from": "2026-01-01T00:00:00Z", "rules": [rule], "otherwise": otherwise}
    return read_policy(fields, "main", 4, NOW, "finance")


def test_the_inputs_are_the_payments_the_wishs_and_the_risks() -> None:
    inputs = inputs_of(a_case(10 * LIMIT // 4, now=NOW + timedelta(days=9)))

    assert inputs.model_dump(exclude_none=True, exclude_defaults=True) == {
        "amount": eur(10 * LIMIT // 4).model_dump(),
        "payment_age_days": 9,
        "amount_percent": 25,
        "reason": Reason.NOT_RECEIVED,
        "category": "books",
        "gateway": "stripe",
        "method": "card",
        "country": "JP",
        "gateway_risk": "normal",
        "requests_ip_day": 3,
        "risk_score": 15,
    }


@pytest.mark.parametrize(
    ("amount", "percent"),
    [(1, 1), (LIMIT // 10, 1), (LIMIT // 10 + 1, 2), (10 * LIMIT - 1, 100), (10 * LIMIT, 100)],
)
def test_the_share_of_what_was_captured_is_rounded_up(amount: int, percent: int) -> None:
    assert inputs_of(a_case(amount)).amount_percent == percent


@pytest.mark.parametrize(
    ("passed", "days"),
    [
        (timedelta(days=1) - timedelta(seconds=1), 0),
        (timedelta(days=1), 1),
        (-timedelta(days=2), 0),
    ],
)
def test_a_payments_age_is_in_whole_days_and_never_negative(passed: timedelta, days: int) -> None:
    assert inputs_of(a_case(now=NOW + passed)).payment_age_days == days


def test_an_open_dispute_is_seen() -> None:
    assert inputs_of(a_case(dp_1=a_dispute())).has_open_dispute
    assert not inputs_of(a_case(dp_1=a_dispute("won"))).has_open_dispute


def test_what_disputes_took_and_the_cards_brand_are_seen() -> None:
    lost = inputs_of(a_case(dp_1=a_dispute("lost", 10 * LIMIT // 4)))
    kept = an_object(ObjectKind.DISPUTE_FUNDS, "withdrawn", 10 * LIMIT // 4)
    taken = inputs_of(a_case(rev_1=kept))
    visa = charge(10 * LIMIT, method="card", brand="visa")

    assert (lost.lost_dispute, lost.disputed_percent) == (True, 0)
    assert (taken.lost_dispute, taken.disputed_percent) == (True, 25)
    assert inputs_of(a_case(ch_1=visa)).brand == "visa"
    assert not inputs_of(a_case()).lost_dispute


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_receipt_says_what_was_decided_by_which_rule_and_on_what(outcome: Outcome) -> None:
    case, policy = a_case(), ruling(outcome)
    made = receipt(case, policy, BOUNDS)

    assert (made.decision, made.why) == (outcome, "policy")
    assert (made.rule_id, made.policy_version) == ("R7", 4)
    assert (made.inputs, made.score_parts) == (inputs_of(case), (PART,))
    assert made.decided_at == NOW
    assert made.counterfactuals == counterfactuals(policy, made.inputs, LIMIT, 10 * LIMIT)
    assert made.counterfactuals != ()


@pytest.mark.parametrize(
    ("case", "bounds", "why"),
    [
        (a_case(LIMIT), BOUNDS, "policy"),
        (a_case(LIMIT + 1), BOUNDS, "hard_limit"),
        (a_case(now=NOW + timedelta(days=365)), BOUNDS, "policy"),
        (a_case(now=NOW + timedelta(days=366)), BOUNDS, "payment_age"),
        (a_case(dp_1=a_dispute()), BOUNDS, "open_dispute"),
        (a_case(), Bounds(365, "customer_day_limit"), "customer_day_limit"),
        (a_case(LIMIT + 1), Bounds(365, "customer_day_limit"), "customer_day_limit"),
        (a_case(LIMIT + 1, dp_1=a_dispute()), Bounds(0), "hard_limit"),
        (a_case(now=NOW + timedelta(days=1), dp_1=a_dispute()), Bounds(0), "payment_age"),
    ],
)
def test_a_limit_in_code_stands_above_what_the_policy_approves(
    case: Case, bounds: Bounds, why: str
) -> None:
    made = receipt(case, ruling("approve"), bounds)

    assert made.why == why
    assert made.decision is (Outcome.APPROVE if why == "policy" else Outcome.ESCALATE)
    assert made.rule_id == "R7"


@pytest.mark.parametrize("outcome", [Outcome.ESCALATE, Outcome.REJECT])
def test_a_limit_in_code_changes_nothing_that_was_not_approved(outcome: Outcome) -> None:
    made = receipt(a_case(LIMIT + 1), ruling(outcome), Bounds(0, "merchant_day_limit"))

    assert (made.decision, made.why) == (outcome, "policy")


def test_a_policy_is_copied_deeply_only_where_that_is_requested() -> None:
    policy = ruling("approve")

    assert policy.model_copy().rules is policy.rules
    assert policy.model_copy(deep=True).rules is not policy.rules
    assert policy.model_copy(deep=True) == policy


def test_a_request_keeps_what_was_requested_and_by_whom() -> None:
    case, decided = a_case(), a_receipt()

    assert request_for(case, decided, "key_9", "shop") == a_request(
        refund_request_id=refund_request_id(subject(), "c"),
        merchant_id="shop",
        claim_id="c",
        reason=Reason.NOT_RECEIVED,
        line_items=case.request_body.line_items,
        order_id="order-1",
        customer_id="cus_1",
        language="ja",
        requested_by="key_9",
        receipt=decided,
    )


def begun_as(decision: Outcome, why: str = "policy") -> RefundLifecycle:
    policy = a_policy(remind_after_hours=2, decide_within_hours=3, on_expiry=OnExpiry.REJECT)
    return begun(a_request(receipt=a_receipt(decision, why=why)), policy)


def steps(decided: Step, why: str = "policy") -> tuple[Change, ...]:
    requested = Change(step=Step.REQUESTED, at=NOW, by="key_1", amount_minor=60_00)
    return requested, Change(step=decided, at=NOW, by=POLICY, why=why, amount_minor=60_00)


def test_an_approved_request_begins_with_what_is_to_be_paid() -> None:
    assert begun_as(Outcome.APPROVE) == RefundLifecycle(
        refund_request_id=RR,
        version=1,
        state=RequestState.APPROVED,
        approved_minor=60_00,
        not_before=NOW,
        next_check_at=NOW,
        changes=steps(Step.APPROVED),
    )


def test_an_escalated_request_begins_with_a_persons_deadlines() -> None:
    assert begun_as(Outcome.ESCALATE, "hard_limit") == RefundLifecycle(
        refund_request_id=RR,
        version=1,
        state=RequestState.ESCALATED,
        remind_at=NOW + timedelta(hours=2),
        decide_by=NOW + timedelta(hours=3),
        on_expiry=OnExpiry.REJECT,
        next_check_at=NOW,
        changes=steps(Step.ESCALATED, "hard_limit"),
    )


def test_a_rejected_request_begins_at_its_end() -> None:
    assert begun_as(Outcome.REJECT) == RefundLifecycle(
        refund_request_id=RR,
        version=1,
        state=RequestState.REJECTED,
        next_check_at=NOW,
        changes=steps(Step.REJECTED),
    )
