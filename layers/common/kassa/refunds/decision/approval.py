"""How people approve refund requests: in full or in part, alone or two of them, never their own.

An approval is an amount and one or two persons, whatever keys they used. How much one of them may
approve alone is said by `lone_approvals.py`. What it may not do, the payment says too: nothing
is promised beside an open dispute, beyond the headroom, or of a refund that the gateway has.
"""

from datetime import timedelta

from kassa.core.errors import Conflict, InvalidRequest, OverHeadroom
from kassa.core.money import Money, spelled
from kassa.ledger.state import SubjectState
from kassa.refunds.decision.escalation import ReviewContext, require_escalated, require_free
from kassa.refunds.decision.lone_approvals import LoneShare, day_of_share, needs_second
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import (
    Change,
    RefundLifecycle,
    RequestState,
    Step,
    approved,
    noted,
)
from kassa.refunds.lifecycle.next_step import refunds_of
from kassa.refunds.request.lines import given_back, require_left

SECOND_TO = "second_to"  # an approval's `why` where two approved: second_to:<the first one's key>
_UNDER_WAY = {
    *(RequestState.APPROVED, RequestState.SUBMITTED, RequestState.ACCEPTED, RequestState.PAID),
}


def approved_by(
    case: RefundCase, review: ReviewContext, amount_minor: int | None
) -> RefundLifecycle:
    """Approve an amount, or what was requested; where two must, the first one is only noted.

    Another amount than the first one's begins the count anew: two people have to mean the same. So
    does a first one who may not approve any more, or who can't be told apart from this person.
    """
    lifecycle, approved_minor = case.lifecycle, approved_amount(case, amount_minor)
    is_same = review.person in lifecycle.approvals and lifecycle.approved_minor == approved_minor
    waits = lifecycle.state is RequestState.ESCALATED and _needs_second(
        case, review, approved_minor
    )
    if is_same and (waits or lifecycle.state in _UNDER_WAY):
        return lifecycle
    require_escalated(lifecycle)
    if review.person == case.request.requested_by and not review.is_sole:
        raise Conflict("nobody approves what they requested themselves: another person must")
    require_free(lifecycle, review)
    _require_same_amount(lifecycle, approved_minor)
    before = lifecycle.approvals if lifecycle.approved_minor == approved_minor else ()
    others = tuple(one for one in before if one != review.person and one not in review.void)
    if waits and not others:
        return noted(
            lifecycle, approvals=(review.person,), approved_minor=approved_minor, lease=None
        )
    return _approved(lifecycle, review, approved_minor, others)


def require_payable(case: RefundCase, amount_minor: int, payment: SubjectState) -> None:
    """Raise Conflict, or OverHeadroom or LinesRefunded with what is left, where it can't be."""
    if payment.has_open_dispute:
        raise Conflict("the payment is disputed: nothing is refunded while the bank decides")
    gone = given_back(payment.refunded_lines, case.request.refund_request_id)
    require_left(case.request.lines, case.request.ordered, gone)
    held_minor = payment.reservations.get(case.lifecycle.submission_id, 0)
    left_minor = max(0, payment.available_minor + held_minor)
    if amount_minor > left_minor:
        left = Money(amount_minor=left_minor, currency=case.request.amount.currency)
        raise OverHeadroom(f"amount_minor: {spelled(left)} may still be refunded", left_minor)


def require_no_news(lifecycle: RefundLifecycle, payment: SubjectState) -> None:
    """Raise Conflict where the gateway reported the refund and the request doesn't show it yet."""
    reported = refunds_of(payment, lifecycle)
    is_alive = any(one.state not in ("failed", "canceled") for one in reported.values())
    if is_alive or (reported and not lifecycle.is_over):
        raise Conflict("the gateway has just reported this refund: look at the request again")


def approved_amount(case: RefundCase, amount_minor: int | None) -> int:
    """Return what is approved: the amount given, the one requested, or the one submitted.

    Raises InvalidRequest for more than was requested.
    """
    lifecycle, requested = case.lifecycle, case.request.amount
    usual = lifecycle.approved_minor if lifecycle.may_be_with_gateway else requested.amount_minor
    approved_minor = usual if amount_minor is None else amount_minor
    if not 1 <= approved_minor <= requested.amount_minor:
        raise InvalidRequest(f"amount_minor: at most the {spelled(requested)} requested")
    return approved_minor


def _require_same_amount(lifecycle: RefundLifecycle, approved_minor: int) -> None:
    if lifecycle.may_be_with_gateway and approved_minor != lifecycle.approved_minor:
        raise Conflict(
            f"amount_minor: the gateway was asked for {lifecycle.approved_minor} minor units and"
            " never answered; only the same can be asked again, since it may have been paid"
        )


def _approved(
    lifecycle: RefundLifecycle, review: ReviewContext, approved_minor: int, others: tuple[str, ...]
) -> RefundLifecycle:
    """Approve, to be submitted to the gateway once the time to undo it is over."""
    why = ":".join((SECOND_TO, *others)) if others else None
    change = Change(
        step=Step.APPROVED, at=review.now, by=review.person, why=why, amount_minor=approved_minor
    )
    undo = max(timedelta(minutes=review.policy.undo_minutes), review.undo_min)
    after = approved(lifecycle, change, undo=undo)
    alone = None if others or review.is_sole else _share(review, approved_minor)
    by = (*others, review.person)
    update = {"approvals": by, "next_check_at": after.not_before, "alone": alone}
    return after.model_copy(update=update)


def _share(review: ReviewContext, approved_minor: int) -> LoneShare:
    return LoneShare(
        person=review.person, day=day_of_share(review.now), amount_minor=approved_minor
    )


def _needs_second(case: RefundCase, review: ReviewContext, approved_minor: int) -> bool:
    return not review.is_sole and needs_second(
        review.policy, _money(case, approved_minor), review.alone
    )


def _money(case: RefundCase, amount_minor: int) -> Money:
    return case.request.amount.model_copy(update={"amount_minor": amount_minor})
