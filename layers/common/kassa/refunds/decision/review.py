"""What follows from a person's verdict on a refund request.

The fields are held to the action first, so that nothing given is silently ignored.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import InvalidRequest
from kassa.ledger.state import SubjectState
from kassa.refunds.decision import approval, escalation
from kassa.refunds.decision.escalation import ReviewContext
from kassa.refunds.decision.lone_approvals import LoneSums, require_fresh_over
from kassa.refunds.decision.rejection import Question, RejectionReason
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, GatewayRefundStatus, Resolution
from kassa.refunds.lifecycle.resolutions import resolved
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.request.disputes import disputes_lost


class ReviewedCase(NamedTuple):
    """What a verdict is about: the case, its payment and the policy as they stand at an instant."""

    case: RefundCase
    payment: SubjectState
    policy: RefundPolicy
    now: datetime
    alone: LoneSums = LoneSums()  # what the caller approved alone, of this payment and today
    undo_min: timedelta = timedelta(0)
    void: frozenset[str] = frozenset()  # whose vote, the first of two, doesn't count any more
    gateway: GatewayAnswer = GatewayAnswer(answer=GatewayRefundStatus.UNKNOWN)


_FIELDS = {
    Action.APPROVE: {"amount_minor", "currency"},
    Action.REJECT: {"reason"},
    Action.ASK: {"question"},
    Action.RESOLVE: {"outcome", "note"},
}


def decided(verdict: Verdict, seen: ReviewedCase) -> RefundLifecycle:
    """Return the lifecycle after a verdict, or the very same lifecycle where it was given before.

    Raises InvalidRequest naming the field, Conflict and OverHeadroom saying how things stand, and
    SignInTooOld where more is approved than one person may alone, by an old sign-in.
    """
    _require_fitting(verdict)
    lifecycle, review = seen.case.lifecycle, _review_context(verdict, seen)
    match verdict.action:
        case Action.CLAIM:
            return escalation.claimed(lifecycle, review)
        case Action.APPROVE:
            after = _approved(verdict.body, seen, review)
            return _held_to_sign_in(verdict, seen, after)
        case Action.REJECT:
            return _rejected(verdict.body, seen, review)
        case Action.ASK:
            return _request_information(verdict.body, lifecycle, review)
        case Action.HAND_BACK:
            return escalation.handed_back(lifecycle, review)
        case Action.UNDO:
            return escalation.undone(lifecycle, review)
        case Action.RESOLVE:
            return _resolved(verdict.body, seen, review)


def _review_context(verdict: Verdict, seen: ReviewedCase) -> ReviewContext:
    caller, whose = verdict.caller, (verdict.caller.actor_id, seen.now, seen.policy)
    return ReviewContext(*whose, seen.alone, caller.is_sole, seen.undo_min, seen.void)


def _require_fitting(verdict: Verdict) -> None:
    """Raise InvalidRequest for fields that the action has no use for: they were meant otherwise."""
    fitting = _FIELDS.get(verdict.action, set())
    for name in verdict.body.model_dump(exclude_none=True):
        if name not in fitting:
            raise InvalidRequest(f"{name}: to {verdict.action} takes no such thing")


def _approved(body: DecisionBody, seen: ReviewedCase, review: ReviewContext) -> RefundLifecycle:
    case, currency = seen.case, seen.case.request.amount.currency
    if body.currency not in (None, currency):
        raise InvalidRequest(f"currency: the request is in {currency}")
    after = approval.approved_by(case, review, body.amount_minor)
    if after is not case.lifecycle:
        approval.require_no_news(case.lifecycle, seen.payment)
        approval.require_payable(case, after.approved_minor, seen.payment)
    if after.state is RequestState.APPROVED and after is not case.lifecycle:
        return after.model_copy(update={"disputes_lost": disputes_lost(seen.payment)})
    return after


def _held_to_sign_in(
    verdict: Verdict, seen: ReviewedCase, after: RefundLifecycle
) -> RefundLifecycle:
    """Return what an approval led to; one that was given before is answered alike, ever after."""
    if after is not seen.case.lifecycle:
        update = {"amount_minor": after.approved_minor}
        amount = seen.case.request.amount.model_copy(update=update)
        require_fresh_over(seen.policy, amount, verdict.caller, seen.now, seen.alone)
    return after


def _rejected(body: DecisionBody, seen: ReviewedCase, review: ReviewContext) -> RefundLifecycle:
    if body.reason is None:
        raise InvalidRequest(f"reason: say why, one of {', '.join(RejectionReason)}")
    after = escalation.rejected_by(seen.case.lifecycle, review, body.reason)
    if after is not seen.case.lifecycle:
        approval.require_no_news(seen.case.lifecycle, seen.payment)
    return after


def _request_information(
    body: DecisionBody, lifecycle: RefundLifecycle, review: ReviewContext
) -> RefundLifecycle:
    if body.question is None:
        raise InvalidRequest(f"question: say what to ask, one of {', '.join(Question)}")
    return escalation.information_requested(lifecycle, review, body.question)


def _resolved(body: DecisionBody, seen: ReviewedCase, review: ReviewContext) -> RefundLifecycle:
    if body.outcome is None:
        raise InvalidRequest(f"outcome: say what became of it, one of {', '.join(Resolution)}")
    if body.note is None:
        raise InvalidRequest("note: say how you know")
    return resolved(seen.case, review, (body.outcome, body.note), seen.gateway)
