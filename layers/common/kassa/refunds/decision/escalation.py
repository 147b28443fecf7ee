"""What people do with an escalated refund request: look at it, ask, reject, hand it back, undo.

Each function returns the lifecycle after what a person did; what was done already is returned as it
is, so that saying a thing twice does it once. What can't be done as things stand is a Conflict
that says how they stand. Approving stands in `approval.py`.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import Conflict
from kassa.refunds.decision.lone_approvals import LoneSums
from kassa.refunds.decision.rejection import Question, RejectionReason
from kassa.refunds.lifecycle.lifecycle import (
    Change,
    Lease,
    RefundLifecycle,
    RequestState,
    Step,
    Why,
    changed,
    escalated,
    noted,
    rejected,
)
from kassa.refunds.policy.model import RefundPolicy

LEASE = timedelta(minutes=15)


class ReviewContext(NamedTuple):
    """Who decides (by their id), when, what the policy says of it, and what they did before."""

    person: str
    now: datetime
    policy: RefundPolicy
    alone: LoneSums = LoneSums()  # what they approved alone, of this payment and today
    is_sole: bool = False  # there is nobody else
    undo_min: timedelta = timedelta(0)  # an approval can be undone that long, whatever is said
    void: frozenset[str] = frozenset()  # whose vote, the first of two, doesn't count any more


def claimed(lifecycle: RefundLifecycle, review: ReviewContext) -> RefundLifecycle:
    """Take a request to look at for a quarter of an hour; claiming it again begins that anew."""
    require_escalated(lifecycle)
    require_free(lifecycle, review)
    return noted(lifecycle, lease=Lease(by=review.person, until=review.now + LEASE))


def handed_back(lifecycle: RefundLifecycle, review: ReviewContext) -> RefundLifecycle:
    """Leave a request to others; who had approved it, where two must, takes that back."""
    require_escalated(lifecycle)
    if review.person in lifecycle.approvals:
        mine = lifecycle.lease and lifecycle.lease.by == review.person
        return noted(lifecycle, approvals=(), lease=None if mine else lifecycle.lease)
    require_free(lifecycle, review)
    return noted(lifecycle, lease=None) if lifecycle.lease else lifecycle


def rejected_by(
    lifecycle: RefundLifecycle, review: ReviewContext, reason: RejectionReason
) -> RefundLifecycle:
    """Reject for good, for a reason that the customer is given.

    A refund whose outcome is unknown may be rejected too: nothing is submitted again, and what is
    reserved for it stays reserved until it is sure that nothing was paid.
    """
    last = lifecycle.changes[-1]
    if lifecycle.state is RequestState.REJECTED and (last.by, last.why) == (review.person, reason):
        return lifecycle
    require_escalated(lifecycle)
    require_free(lifecycle, review)
    return rejected(lifecycle, _change(lifecycle, Step.REJECTED, review, reason))


def information_requested(
    lifecycle: RefundLifecycle, review: ReviewContext, question: Question
) -> RefundLifecycle:
    """Ask the customer; people get the policy's hours again, and approvals are given anew."""
    last = lifecycle.changes[-1]
    expected = (Step.INFORMATION_REQUESTED, review.person, question)
    if lifecycle.state is RequestState.ESCALATED and (last.step, last.by, last.why) == expected:
        return lifecycle
    require_escalated(lifecycle)
    require_free(lifecycle, review)
    return changed(
        lifecycle,
        _change(lifecycle, Step.INFORMATION_REQUESTED, review, question),
        approvals=(),
        lease=None,
        remind_at=review.now + timedelta(hours=review.policy.remind_after_hours),
        decide_by=review.now + timedelta(hours=review.policy.decide_within_hours),
        on_expiry=review.policy.on_expiry,
    )


def undone(lifecycle: RefundLifecycle, review: ReviewContext) -> RefundLifecycle:
    """Take an approval back before it is submitted; anyone may, since nothing is paid."""
    last = lifecycle.changes[-1]
    if lifecycle.state is RequestState.ESCALATED and (last.by, last.why) == (
        review.person,
        Why.UNDONE,
    ):
        return lifecycle
    if lifecycle.state is not RequestState.APPROVED:
        raise Conflict(f"only an approval can be undone: {how_it_stands(lifecycle)}")
    if lifecycle.may_be_with_gateway:
        raise Conflict("it can't be undone: the gateway was asked before, its answer isn't known")
    if lifecycle.not_before is None or review.now >= lifecycle.not_before:
        raise Conflict("it can't be undone any more: the gateway is being asked")
    after = escalated(
        lifecycle, _change(lifecycle, Step.ESCALATED, review, Why.UNDONE), review.policy
    )
    return after.model_copy(update={"alone": None})


def how_it_stands(lifecycle: RefundLifecycle) -> str:
    """Say how a request stands, to whoever tried something else with it."""
    last = lifecycle.changes[-1]
    since = f"{last.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"the request is {lifecycle.state} since {since}, by {last.by}"


def require_escalated(lifecycle: RefundLifecycle) -> None:
    """Raise Conflict unless a person decides about the request now."""
    if lifecycle.state is not RequestState.ESCALATED:
        raise Conflict(f"there is nothing to decide: {how_it_stands(lifecycle)}")


def require_free(lifecycle: RefundLifecycle, review: ReviewContext) -> None:
    """Raise Conflict while somebody else looks at the request."""
    lease = lifecycle.lease
    if lease and lease.by != review.person and review.now < lease.until:
        until = f"{lease.until:%Y-%m-%d %H:%M:%S} UTC"
        raise Conflict(f"{lease.by} is looking at the request until {until}")


def _change(lifecycle: RefundLifecycle, step: Step, review: ReviewContext, why: str) -> Change:
    """Return a person's change, for what was decided."""
    amount_minor = lifecycle.changes[0].amount_minor
    return Change(step=step, at=review.now, by=review.person, why=why, amount_minor=amount_minor)
