"""The rules of refunds: what happens next to a request that was decided.

Pure functions of a request's lifecycle, its payment's state and the instant; whoever calls does
what they answer. What the gateway says of a refund comes first: it outranks whatever we believe.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from kassa.gateways.events import ObjectKind
from kassa.ledger.objects import ObjectState
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Why
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import OnExpiry
from kassa.refunds.request.disputes import disputes_lost
from kassa.refunds.request.lines import given_back
from kassa.refunds.request.request import RefundRequest

EVENT_WITHIN = timedelta(hours=1)  # by then the gateway's event should have reported a refund
_GIVEN_BACK = {"failed", "canceled"}
_REPORTED = (RequestState.ACCEPTED, RequestState.PAID, RequestState.DISCREPANCY)


class Do(StrEnum):
    """What is to be done next."""

    NOTHING = "nothing"
    SUBMIT = "submit"  # to the gateway, after noting that it is submitted
    LOOK_UP = "look_up"  # at the gateway, before anything else
    ACCEPT = "accept"  # note that the gateway has it
    PAY = "pay"  # note that it left
    DIFFER = "differ"  # note that another amount left than was approved
    TRACE = "trace"  # note by which number the customer's bank finds it
    ESCALATE = "escalate"
    RELEASE = "release"  # what is reserved, since nothing was or will be paid
    REMIND = "remind"
    EXPIRE = "expire"  # do what the policy says of requests nobody decided


class NextStep(NamedTuple):
    """What is to be done next, and about which of the gateway's refunds or why."""

    do: Do
    refund_id: str = ""
    why: Why | None = None


class Tries(NamedTuple):
    """How often a refund is submitted without a person, its key memory, how soon events come."""

    attempts_max: int
    memory: timedelta
    event_within: timedelta = EVENT_WITHIN  # nothing where only we know which submission is whose
    can_find: bool = True  # whether the gateway finds a refund by our name


NOTHING = NextStep(Do.NOTHING)


def next_step(
    lifecycle: RefundLifecycle, payment: SubjectState, now: datetime, tries: Tries
) -> NextStep:
    """Say what is to be done next about a request."""
    reported = _reported(lifecycle, payment)
    if reported is not None:
        return reported
    match lifecycle.state:
        case RequestState.APPROVED:
            return _to_submit(lifecycle, payment, now)
        case RequestState.SUBMITTED:
            return _to_look_up(lifecycle, now)
        case RequestState.ESCALATED:
            return _to_release(lifecycle, payment, now, tries) or _to_remind(lifecycle, now)
        case RequestState.REJECTED:
            return _to_release(lifecycle, payment, now, tries) or NOTHING
        case RequestState.ACCEPTED | RequestState.PAID | RequestState.DISCREPANCY:
            return NOTHING


def after_look_up(
    lifecycle: RefundLifecycle, payment: SubjectState, now: datetime, tries: Tries
) -> NextStep:
    """Say what to do when the gateway has no refund of this submission.

    The same key is repeated only while the gateway is sure to remember it, and never to pay
    beside a dispute. A person who approved again has decided that it may be submitted.
    """
    if lifecycle.state is RequestState.REJECTED:
        return NextStep(Do.RELEASE)
    stop = _unreserved(lifecycle, payment) or _stopped(payment) or _lost(lifecycle, payment)
    if stop is not None:
        return NextStep(Do.ESCALATE, why=stop)
    if lifecycle.state is RequestState.APPROVED or _may_repeat(lifecycle, now, tries):
        return NextStep(Do.SUBMIT)
    return NextStep(Do.ESCALATE, why=Why.UNKNOWN)


def _may_repeat(lifecycle: RefundLifecycle, now: datetime, tries: Tries) -> bool:
    is_remembered = (
        lifecycle.first_submitted_at is None or now < lifecycle.first_submitted_at + tries.memory
    )
    return is_remembered and lifecycle.attempts < tries.attempts_max


def _reported(lifecycle: RefundLifecycle, payment: SubjectState) -> NextStep | None:
    """What the gateway's own events say of this round's refund, where that is news."""
    refunds = refunds_of(payment, lifecycle)
    alive = {refund_id: one for refund_id, one in refunds.items() if one.state not in _GIVEN_BACK}
    if any(one.state == "succeeded" for one in alive.values()):
        return _left(lifecycle, payment, alive)
    for refund_id in alive:
        return NextStep(Do.ACCEPT, refund_id) if lifecycle.state not in _REPORTED else NOTHING
    if refunds and not lifecycle.is_over:
        refund_id, one = next(iter(refunds.items()))
        why = Why.FAILED if one.state == "failed" else Why.CANCELED
        return NextStep(Do.ESCALATE, refund_id, why)
    return None


def _left(
    lifecycle: RefundLifecycle, payment: SubjectState, alive: dict[str, ObjectState]
) -> NextStep:
    """What follows once money has left: it is paid only if it is what was approved."""
    refund_id, refund = next(iter(alive.items()))
    if left_of(lifecycle, payment) == f"{lifecycle.approved_minor} {payment.currency}":
        if lifecycle.state is not RequestState.PAID:
            return NextStep(Do.PAY, refund_id)
        return NextStep(Do.TRACE, refund_id) if refund.reference != lifecycle.reference else NOTHING
    last = lifecycle.changes[-1]
    is_known = lifecycle.state is RequestState.DISCREPANCY and last.why == left_of(
        lifecycle, payment
    )
    return NOTHING if is_known else NextStep(Do.DIFFER, refund_id)


def left_of(lifecycle: RefundLifecycle, payment: SubjectState) -> str:
    """Say what left for a round by the gateway's own account: an amount a currency.

    Amounts are minor units; those of different currencies are never added up.
    """
    sums: Counter[str] = Counter()
    for one in refunds_of(payment, lifecycle).values():
        if one.state == "succeeded":
            sums[one.currency] += one.amount_minor
    return ", ".join(
        f"{amount_minor} {currency}" for currency, amount_minor in sorted(sums.items())
    )


def refunds_of(payment: SubjectState, lifecycle: RefundLifecycle) -> dict[str, ObjectState]:
    """Return the gateway's refunds of a round's submission, those that left first.

    They carry the submission's id; one that carries none is known by the id the gateway answered.
    """
    unnamed = (None, lifecycle.refund_id)
    ours = [
        (refund_id, one)
        for refund_id, one in payment.of(ObjectKind.REFUND).items()
        if one.refund_request_id == lifecycle.submission_id
        or (one.refund_request_id, refund_id) == unnamed
    ]
    return dict(sorted(ours, key=lambda one: one[1].state != "succeeded"))


def _to_submit(lifecycle: RefundLifecycle, payment: SubjectState, now: datetime) -> NextStep:
    if now < (lifecycle.not_before or now):
        return NOTHING
    stop = _unreserved(lifecycle, payment) or _stopped(payment) or _lost(lifecycle, payment)
    if stop is not None:
        return NextStep(Do.ESCALATE, why=stop)
    return _to_look_up(lifecycle, now) if lifecycle.may_be_with_gateway else NextStep(Do.SUBMIT)


def _to_look_up(lifecycle: RefundLifecycle, now: datetime) -> NextStep:
    """Look up once it is time: a gateway that was silent just now is left alone for a while."""
    return NextStep(Do.LOOK_UP) if now >= (lifecycle.next_check_at or now) else NOTHING


def _unreserved(lifecycle: RefundLifecycle, payment: SubjectState) -> Why | None:
    """Nothing is submitted that isn't reserved, whoever approved it."""
    held = payment.reservations.get(lifecycle.submission_id)
    return None if held == lifecycle.approved_minor else Why.EXCESS


def _stopped(payment: SubjectState) -> Why | None:
    """What stops an approved refund that isn't paid yet."""
    if payment.has_open_dispute:
        return Why.DISPUTE
    return Why.EXCESS if payment.available_minor < 0 else None


def _lost(lifecycle: RefundLifecycle, payment: SubjectState) -> Why | None:
    """Whether a bank gave money back that nobody knew of when the refund was approved."""
    return Why.LOST_DISPUTE if disputes_lost(payment) > lifecycle.disputes_lost else None


def _to_release(
    lifecycle: RefundLifecycle, payment: SubjectState, now: datetime, tries: Tries
) -> NextStep | None:
    """Release only what is known to have paid nothing; a rejected unknown is looked up first."""
    is_held = lifecycle.submission_id in payment.reservations
    if not is_held and lifecycle.refund_request_id not in payment.refunded_lines:
        return None
    if not lifecycle.may_be_with_gateway:
        return NextStep(Do.RELEASE)
    is_forgotten = now >= (forgotten_at(lifecycle, tries) or now)
    if lifecycle.state is RequestState.REJECTED and is_forgotten and tries.can_find and is_held:
        return _to_look_up(lifecycle, now)
    return None


def _to_remind(lifecycle: RefundLifecycle, now: datetime) -> NextStep:
    if (
        lifecycle.decide_by is not None
        and now >= lifecycle.decide_by
        and lifecycle.on_expiry is not OnExpiry.KEEP
    ):
        return NextStep(Do.EXPIRE)
    return NextStep(Do.REMIND) if lifecycle.remind_at and now >= lifecycle.remind_at else NOTHING


def may_approve_itself(
    request: RefundRequest, lifecycle: RefundLifecycle, payment: SubjectState
) -> bool:
    """Whether an approval that no person makes may stand: nothing is unknown, disputed or short."""
    amount = request.amount
    is_within = amount.amount_minor <= limits_of(amount.currency).per_refund_minor
    is_free = lifecycle.first_submitted_at is None and _stopped(payment) is None
    is_left = amount.amount_minor <= payment.available_minor and not disputes_lost(payment)
    gone = given_back(payment.refunded_lines, request.refund_request_id)
    is_sold = all(
        gone[line] + quantity <= request.ordered.get(line, quantity)
        for line, quantity in request.lines.items()
    )
    return is_within and is_free and is_left and is_sold


def forgotten_at(lifecycle: RefundLifecycle, tries: Tries) -> datetime | None:
    """Say when nothing that was submitted can come true any more."""
    return lifecycle.first_submitted_at + tries.memory if lifecycle.first_submitted_at else None
