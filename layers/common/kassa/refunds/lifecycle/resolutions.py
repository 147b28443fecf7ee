"""How a person ends a refund whose outcome nobody knows: it was paid, or it was not.

What the gateway says at that instant stands above what a person says: what contradicts it is
refused, and a gateway that could answer is waited for. `not_paid` gives back what was reserved, so
it waits until no call can still be under way.
"""

from datetime import timedelta

from kassa.core.errors import Conflict
from kassa.core.money import Money, spelled
from kassa.refunds.decision.escalation import ReviewContext, how_it_stands, require_free
from kassa.refunds.decision.lone_approvals import needs_second
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import (
    Change,
    RefundLifecycle,
    RequestState,
    Step,
    changed,
    escalated,
    noted,
)
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, GatewayRefundStatus, Resolution

UNDER_WAY = timedelta(hours=1)  # a call to a gateway takes effect within it, or never


_AGAINST = {
    Resolution.PAID: {
        GatewayRefundStatus.PAID_OTHERWISE,
        GatewayRefundStatus.ACCEPTED,
        GatewayRefundStatus.FAILED,
        GatewayRefundStatus.NONE,
    },
    Resolution.NOT_PAID: {
        GatewayRefundStatus.PAID,
        GatewayRefundStatus.PAID_OTHERWISE,
        GatewayRefundStatus.ACCEPTED,
    },
}
_UNKNOWN = (
    *(RequestState.SUBMITTED, RequestState.ESCALATED, RequestState.REJECTED),
    *(RequestState.APPROVED, RequestState.ACCEPTED),
)


def resolved(
    case: RefundCase, review: ReviewContext, answer: tuple[Resolution, str], gateway: GatewayAnswer
) -> RefundLifecycle:
    """Return the lifecycle after a person said what became of a refund, and why they know.

    The very same lifecycle where they said so before; above the limit of one person a second one
    must say the same. Raises Conflict, with how things stand or what the gateway says.
    """
    lifecycle, (resolution, note) = case.lifecycle, answer
    last = lifecycle.changes[-1]
    if (last.step, last.by, last.why) == (Step.RESOLVED, review.person, resolution):
        return lifecycle
    _require_unknown(lifecycle)
    if review.person == case.request.requested_by and not review.is_sole:
        raise Conflict("nobody resolves what they requested themselves: another person must")
    require_free(lifecycle, review)
    _require_agreement(lifecycle, review, resolution, gateway)
    amount = Money(amount_minor=lifecycle.approved_minor, currency=case.request.amount.currency)
    first = lifecycle.resolved_by if lifecycle.resolution == resolution else None
    first = None if first in review.void else first
    waits = not review.is_sole and needs_second(review.policy, amount)
    if waits and first in (None, review.person):
        if first is not None:
            return lifecycle
        return noted(lifecycle, resolution=resolution, resolved_by=review.person)
    change = Change(
        step=Step.RESOLVED,
        at=review.now,
        by=review.person,
        why=resolution,
        amount_minor=lifecycle.approved_minor,
        note=f"{note} (with {first})" if first else note,
    )
    return _after(lifecycle, change, review, gateway)


def _after(
    lifecycle: RefundLifecycle, change: Change, review: ReviewContext, gateway: GatewayAnswer
) -> RefundLifecycle:
    """Paid is paid; what wasn't paid is over, and a person decides again unless it is rejected."""
    cleared: dict[str, object] = {"resolution": None, "resolved_by": None, "lease": None}
    if change.why == Resolution.PAID:
        ended: dict[str, object] = {"state": RequestState.PAID, "decide_by": None}
        ended |= {"remind_at": None, "refund_id": gateway.refund_id or lifecycle.refund_id}
        return changed(lifecycle, change, **cleared, **ended)
    if lifecycle.state is RequestState.REJECTED:
        return changed(lifecycle, change, **cleared, is_over=True)
    return escalated(lifecycle, change, review.policy, is_over=True).model_copy(update=cleared)


def _spelled(left: str) -> str:
    """Return what left as a gateway has it, spelled so that nobody misreads it."""
    minor, _, currency = left.partition(" ")
    return spelled(Money(amount_minor=int(minor), currency=currency))


def _require_unknown(lifecycle: RefundLifecycle) -> None:
    if lifecycle.state not in _UNKNOWN or not lifecycle.may_be_with_gateway:
        raise Conflict(f"its outcome isn't unknown: {how_it_stands(lifecycle)}")


def _require_agreement(
    lifecycle: RefundLifecycle,
    review: ReviewContext,
    resolution: Resolution,
    gateway: GatewayAnswer,
) -> None:
    """Refuse what the gateway contradicts, and what it could still contradict."""
    if gateway.answer in _AGAINST[resolution]:
        left = f", {_spelled(gateway.left)}" if gateway.left else ""
        raise Conflict(f"it isn't {resolution}: the gateway says {gateway.answer}{left}")
    if gateway.answer is GatewayRefundStatus.SILENT:
        raise Conflict("the gateway doesn't answer now: nothing is resolved without it, try later")
    submitted_at = lifecycle.last_submitted_at or lifecycle.first_submitted_at
    if resolution is Resolution.NOT_PAID and submitted_at and review.now < submitted_at + UNDER_WAY:
        until = f"{submitted_at + UNDER_WAY:%Y-%m-%d %H:%M:%S} UTC"
        raise Conflict(f"the gateway may be acting on it: not_paid can be said from {until}")
