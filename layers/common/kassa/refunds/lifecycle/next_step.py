"""The rules of refunds: what happens next to a request that was decided.

Pure functions of a request's life, its payment's state and the instant; whoever calls does what
they answer. What the gateway says of a refund comes first: it outranks whatever we believe.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from kassa.gateways.events import ObjectKind
from kassa.ledger.objects import ObjectState
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import RefundLife, RequestState, Why
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import OnExpiry
from kassa.refunds.request.disputes import disputes_lost
from kassa.refunds.request.lines import given_back
from kassa.refunds.request.request import RefundRequest

HEARD_WITHIN = timedelta(hours=1)  # by then the gateway's event should have told of a refund
_GIVEN_BACK = {"failed", "canceled"}
_HEARD_OF = (RequestState.ACCEPTED, RequestState.PAID, RequestState.DISCREPANCY)


class Do(StrEnum):
    """What is to be done next."""

    NOTHING = "nothing"
    ASK = "ask"  # the gateway, after noting that it is asked
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
    """How often a gateway is asked by itself, how long it remembers a key, how soon it is heard."""

    attempts_max: int
    memory: timedelta
    heard_within: timedelta = HEARD_WITHIN  # nothing where it must be told which ask is whose
    can_find: bool = True  # whether the gateway can be asked for a refund by our name


NOTHING = NextStep(Do.NOTHING)


def next_step(life: RefundLife, payment: SubjectState, now: datetime, tries: Tries) -> NextStep:
    """Say what is to be done next about a request."""
    heard = _heard(life, payment)
    if heard is not None:
        return heard
    match life.state:
        case RequestState.APPROVED:
            return _to_ask(life, payment, now)
        case RequestState.ASKED:
            return _to_look_up(life, now)
        case RequestState.ESCALATED:
            return _to_release(life, payment, now, tries) or _to_remind(life, now)
        case RequestState.REJECTED:
            return _to_release(life, payment, now, tries) or NOTHING
        case RequestState.ACCEPTED | RequestState.PAID | RequestState.DISCREPANCY:
            return NOTHING


def after_look_up(life: RefundLife, payment: SubjectState, now: datetime, tries: Tries) -> NextStep:
    """Say what to do when the gateway has no refund of this ask.

    The same key is repeated only while the gateway is sure to remember it, and never to pay
    beside a dispute. A person who approved again has decided that it may be asked.
    """
    if life.state is RequestState.REJECTED:
        return NextStep(Do.RELEASE)
    stop = _unreserved(life, payment) or _stopped(payment) or _lost(life, payment)
    if stop is not None:
        return NextStep(Do.ESCALATE, why=stop)
    if life.state is RequestState.APPROVED or _may_repeat(life, now, tries):
        return NextStep(Do.ASK)
    return NextStep(Do.ESCALATE, why=Why.UNKNOWN)


def _may_repeat(life: RefundLife, now: datetime, tries: Tries) -> bool:
    is_remembered = life.first_asked_at is None or now < life.first_asked_at + tries.memory
    return is_remembered and life.attempts < tries.attempts_max


def _heard(life: RefundLife, payment: SubjectState) -> NextStep | None:
    """What the gateway's own events say of this round's refund, where that is news."""
    told = refunds_of(payment, life)
    alive = {refund_id: one for refund_id, one in told.items() if one.state not in _GIVEN_BACK}
    if any(one.state == "succeeded" for one in alive.values()):
        return _left(life, payment, alive)
    for refund_id in alive:
        return NextStep(Do.ACCEPT, refund_id) if life.state not in _HEARD_OF else NOTHING
    if told and not life.is_over:
        refund_id, one = next(iter(told.items()))
        why = Why.FAILED if one.state == "failed" else Why.CANCELED
        return NextStep(Do.ESCALATE, refund_id, why)
    return None


def _left(life: RefundLife, payment: SubjectState, alive: dict[str, ObjectState]) -> NextStep:
    """What follows once money has left: it is paid only if it is what was approved."""
    refund_id, refund = next(iter(alive.items()))
    if left_of(life, payment) == f"{life.approved_minor} {payment.currency}":
        if life.state is not RequestState.PAID:
            return NextStep(Do.PAY, refund_id)
        return NextStep(Do.TRACE, refund_id) if refund.reference != life.reference else NOTHING
    last = life.changes[-1]
    is_known = life.state is RequestState.DISCREPANCY and last.why == left_of(life, payment)
    return NOTHING if is_known else NextStep(Do.DIFFER, refund_id)


def left_of(life: RefundLife, payment: SubjectState) -> str:
    """Say what left for a round by the gateway's own account: an amount a currency.

    Amounts are minor units; those of different currencies are never added up.
    """
    sums: Counter[str] = Counter()
    for one in refunds_of(payment, life).values():
        if one.state == "succeeded":
            sums[one.currency] += one.amount_minor
    return ", ".join(
        f"{amount_minor} {currency}" for currency, amount_minor in sorted(sums.items())
    )


def refunds_of(payment: SubjectState, life: RefundLife) -> dict[str, ObjectState]:
    """Return the gateway's refunds of a round's ask, those that left first.

    They carry the ask's name; one that carries none is known by the id the gateway answered.
    """
    unnamed = (None, life.refund_id)
    ours = [
        (refund_id, one)
        for refund_id, one in payment.of(ObjectKind.REFUND).items()
        if one.refund_request_id == life.ask_id or (one.refund_request_id, refund_id) == unnamed
    ]
    return dict(sorted(ours, key=lambda one: one[1].state != "succeeded"))


def _to_ask(life: RefundLife, payment: SubjectState, now: datetime) -> NextStep:
    if now < (life.not_before or now):
        return NOTHING
    stop = _unreserved(life, payment) or _stopped(payment) or _lost(life, payment)
    if stop is not None:
        return NextStep(Do.ESCALATE, why=stop)
    return _to_look_up(life, now) if life.may_be_with_gateway else NextStep(Do.ASK)


def _to_look_up(life: RefundLife, now: datetime) -> NextStep:
    """Look up once it is time: a gateway that was silent just now is left alone for a while."""
    return NextStep(Do.LOOK_UP) if now >= (life.wakes_at or now) else NOTHING


def _unreserved(life: RefundLife, payment: SubjectState) -> Why | None:
    """Nothing is asked for that isn't reserved, whoever approved it."""
    held = payment.reservations.get(life.ask_id)
    return None if held == life.approved_minor else Why.EXCESS


def _stopped(payment: SubjectState) -> Why | None:
    """What stops an approved refund that isn't paid yet."""
    if payment.has_open_dispute:
        return Why.DISPUTE
    return Why.EXCESS if payment.available_minor < 0 else None


def _lost(life: RefundLife, payment: SubjectState) -> Why | None:
    """Whether a bank gave money back that nobody knew of when the refund was approved."""
    return Why.LOST_DISPUTE if disputes_lost(payment) > life.disputes_lost else None


def _to_release(
    life: RefundLife, payment: SubjectState, now: datetime, tries: Tries
) -> NextStep | None:
    """Release only what is known to have paid nothing; a rejected unknown is looked up first."""
    is_held = life.ask_id in payment.reservations
    if not is_held and life.refund_request_id not in payment.refunded_lines:
        return None
    if not life.may_be_with_gateway:
        return NextStep(Do.RELEASE)
    is_forgotten = now >= (forgotten_at(life, tries) or now)
    if life.state is RequestState.REJECTED and is_forgotten and tries.can_find and is_held:
        return _to_look_up(life, now)
    return None


def _to_remind(life: RefundLife, now: datetime) -> NextStep:
    if life.decide_by is not None and now >= life.decide_by and life.on_expiry is not OnExpiry.KEEP:
        return NextStep(Do.EXPIRE)
    return NextStep(Do.REMIND) if life.remind_at and now >= life.remind_at else NOTHING


def may_approve_itself(request: RefundRequest, life: RefundLife, payment: SubjectState) -> bool:
    """Whether an approval that no person makes may stand: nothing is unknown, disputed or short."""
    amount = request.amount
    is_within = amount.amount_minor <= limits_of(amount.currency).per_refund_minor
    is_free = life.first_asked_at is None and _stopped(payment) is None
    is_left = amount.amount_minor <= payment.available_minor and not disputes_lost(payment)
    gone = given_back(payment.refunded_lines, request.refund_request_id)
    is_sold = all(
        gone[line] + quantity <= request.ordered.get(line, quantity)
        for line, quantity in request.lines.items()
    )
    return is_within and is_free and is_left and is_sold


def forgotten_at(life: RefundLife, tries: Tries) -> datetime | None:
    """Say when nothing that was asked can come true any more."""
    return life.first_asked_at + tries.memory if life.first_asked_at else None
