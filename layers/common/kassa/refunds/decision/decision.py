"""Deciding a refund request at once: its receipt, and the lifecycle it begins with.

The policy is data and says what a merchant wants; limits in code stand above it. Both are in the
receipt, with what would have flipped the decision.
"""

from typing import Any, NamedTuple

from kassa.refunds.decision.evidence import Case, inputs_of
from kassa.refunds.lifecycle.lifecycle import (
    POLICY,
    Change,
    RefundLifecycle,
    RequestState,
    Step,
    approved,
    escalated,
    rejected,
)
from kassa.refunds.policy.counterfactuals import counterfactuals
from kassa.refunds.policy.inputs import RefundInputs
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import Decision, Outcome, RefundPolicy, decide
from kassa.refunds.request.request import DecisionReceipt, RefundRequest, refund_request_id

LOST_DISPUTE = "lost_dispute"  # the input, and why a person decides unless a rule names it
_STEPS = {
    Outcome.APPROVE: Step.APPROVED,
    Outcome.ESCALATE: Step.ESCALATED,
    Outcome.REJECT: Step.REJECTED,
}


class Bounds(NamedTuple):
    """What stands above the policy: a payment's age, and a day's limit that was reached."""

    age_max_days: int
    limit: str = ""


def receipt(case: Case, policy: RefundPolicy, bounds: Bounds) -> DecisionReceipt:
    """Decide; what the policy approves is escalated where a limit in code stands above it."""
    inputs = inputs_of(case)
    decision = decide(policy, inputs)
    outcome, why = decision.outcome, POLICY
    per_refund_minor = limits_of(inputs.amount.currency).per_refund_minor
    if outcome is Outcome.APPROVE:
        why = bounds.limit or _limit_in_code(inputs, per_refund_minor, bounds) or POLICY
        if why == POLICY and inputs.lost_dispute and not _names(policy, decision, LOST_DISPUTE):
            why = LOST_DISPUTE
        outcome = Outcome.APPROVE if why == POLICY else Outcome.ESCALATE
    captured_minor = case.payment.captured_minor
    return DecisionReceipt(
        decision=outcome,
        why=why,
        rule_id=decision.rule_id,
        policy_version=decision.policy_version,
        inputs=inputs,
        counterfactuals=counterfactuals(policy, inputs, per_refund_minor, captured_minor),
        score_parts=case.risk.score_parts,
        decided_at=case.now,
    )


def _names(policy: RefundPolicy, decision: Decision, column: str) -> bool:
    """Tell whether the rule that decided looks at a column itself."""
    rule = next((rule for rule in policy.rules if rule.rule_id == decision.rule_id), None)
    return rule is not None and any(condition.column == column for condition in rule.when)


def _limit_in_code(inputs: RefundInputs, per_refund_minor: int, bounds: Bounds) -> str:
    if inputs.amount.amount_minor > per_refund_minor:
        return "hard_limit"
    if inputs.payment_age_days > bounds.age_max_days:
        return "payment_age"
    return "open_dispute" if inputs.has_open_dispute else ""


def request_for(
    case: Case, decided: DecisionReceipt, caller: str, merchant_id: str
) -> RefundRequest:
    """Return the request as it is kept for good."""
    request_body, payment = case.request_body, case.payment
    owner: dict[str, Any] = {
        "order_id": payment.order_id,
        "customer_id": payment.customer_id,
        "customer_from_order": payment.customer_from_order,
        "language": payment.language,
    }
    return RefundRequest(
        refund_request_id=refund_request_id(case.subject, request_body.claim),
        merchant_id=merchant_id,
        payment=case.subject,
        claim_id=request_body.claim,
        amount=case.amount,
        reason=request_body.reason,
        line_items=request_body.line_items,
        lines=dict(case.lines),
        ordered={line: case.ordered[line] for line in case.lines if line in case.ordered},
        requested_at=case.now,
        requested_by=caller,
        receipt=decided,
        **owner,
    )


def begun(request: RefundRequest, policy: RefundPolicy, lost: int = 0) -> RefundLifecycle:
    """Return the lifecycle of a new request, as far as its receipt takes it.

    `lost` says how many lost disputes were known: one more stops what is approved here.
    """
    receipt, at = request.receipt, request.requested_at
    amount_minor = request.amount.amount_minor
    requested = Change(
        step=Step.REQUESTED, at=at, by=request.requested_by, amount_minor=amount_minor
    )
    lifecycle = RefundLifecycle(
        refund_request_id=request.refund_request_id,
        version=0,
        state=RequestState.ESCALATED,
        changes=(requested,),
    )
    decided = Change(
        step=_STEPS[receipt.decision], at=at, by=POLICY, why=receipt.why, amount_minor=amount_minor
    )
    match receipt.decision:
        case Outcome.APPROVE:
            return approved(lifecycle, decided).model_copy(update={"disputes_lost": lost})
        case Outcome.ESCALATE:
            return escalated(lifecycle, decided, policy)
        case Outcome.REJECT:
            return rejected(lifecycle, decided)
