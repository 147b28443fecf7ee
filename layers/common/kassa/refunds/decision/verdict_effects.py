"""What a verdict takes or gives back, of its payment and of what its person may approve alone."""

from kassa.audit.trail import Act, Actor, noted
from kassa.refunds.decision.lone_approvals import LoneCount, lone_limits
from kassa.refunds.decision.review import ReviewedCase
from kassa.refunds.decision.verdict import Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Why
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.request.holds import Hold, Taking
from kassa.refunds.request.lines import Lines


def taking(verdict: Verdict, seen: ReviewedCase, after: RefundLifecycle) -> Taking:
    """Return what a verdict takes or gives back, which led from what was seen to a lifecycle."""
    case = seen.case
    hold, lone = (
        _hold(case, after, verdict.lines or case.request.lines),
        _count(case, after, seen.policy),
    )
    return Taking(hold, lone, _act(verdict, case.lifecycle, after))


def promise(before: RefundLifecycle, after: RefundLifecycle) -> int | None:
    """Return how much of the payment an approval reserves for its round; none for other changes."""
    is_approval = after.state is RequestState.APPROVED and before.state is not after.state
    return after.approved_minor if is_approval else None


def _hold(case: RefundCase, after: RefundLifecycle, lines: Lines) -> Hold | None:
    """Return what a verdict makes its round hold of the payment; none where that stays.

    An approval takes its amount and lines; a refund resolved as not paid gives them back.
    """
    before, promised_minor = case.lifecycle, promise(case.lifecycle, after)
    if promised_minor is not None:
        return Hold(after.submission_id, promised_minor, lines)
    is_given_back = after.is_over and not before.is_over
    return Hold(before.submission_id) if is_given_back else None


def _count(case: RefundCase, after: RefundLifecycle, policy: RefundPolicy) -> LoneCount | None:
    """Return what an approval counts for who gave it alone, or an undo gives back."""
    before, limits = case.lifecycle, lone_limits(policy, case.request.amount.currency)
    if promise(before, after) is not None and after.alone:
        return LoneCount(after.alone, after.alone.amount_minor, limits)
    is_undone = before.alone and not after.alone and after.changes[-1].why == Why.UNDONE
    if before.alone and is_undone:
        return LoneCount(before.alone, -before.alone.amount_minor, limits)
    return None


def _act(verdict: Verdict, before: RefundLifecycle, after: RefundLifecycle) -> Act:
    """Return what the audit trail keeps of a verdict: versions, and a reason by its name."""
    body = verdict.body
    code = body.reason or body.question or body.outcome
    return Act(
        operation=f"refund.{verdict.action}",
        object_id=f"refund_request/{before.refund_request_id}",
        by=Actor.of(verdict.caller),
        before=str(before.version),
        after=str(after.version),
        reason=" ".join(filter(None, (code, noted(body.note) if body.note else None))) or None,
    )
