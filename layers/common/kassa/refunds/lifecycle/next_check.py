"""When a refund request must be looked at again, should nothing happen to it before."""

from datetime import datetime, timedelta

from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import RefundLife, RequestState
from kassa.refunds.lifecycle.next_step import HEARD_WITHIN, Tries, forgotten_at

LOOK_AGAIN = timedelta(days=1)


def wakes_at(
    life: RefundLife, payment: SubjectState, now: datetime, tries: Tries
) -> datetime | None:
    """Say when a request must be looked at again, should nothing happen to it before."""
    match life.state:
        case RequestState.APPROVED:
            return max(filter(None, (life.not_before, life.wakes_at)), default=None)
        case RequestState.ASKED:
            return life.wakes_at
        case RequestState.ACCEPTED:
            return now + _until_heard(life, now, tries)
        case RequestState.ESCALATED:
            coming = [at for at in (life.remind_at, life.decide_by) if at and at > now]
            return min(coming, default=now + LOOK_AGAIN)
        case RequestState.PAID:
            is_held = life.ask_id in payment.reservations  # until the refund is known by our name
            return now + _until_heard(life, now, tries) if is_held else None
        case RequestState.DISCREPANCY:
            return None  # a person looks at it; its gateway's next event is heard all the same
        case RequestState.REJECTED:
            return _until_released(life, payment, now, tries)


def _until_released(
    life: RefundLife, payment: SubjectState, now: datetime, tries: Tries
) -> datetime | None:
    if life.ask_id not in payment.reservations:
        return None
    if not tries.can_find:
        return now + LOOK_AGAIN  # only a person can say what became of it
    return max(filter(None, (forgotten_at(life, tries), life.wakes_at)), default=None)


def _until_heard(life: RefundLife, now: datetime, tries: Tries) -> timedelta:
    is_fresh = life.changes[-1].at > now - HEARD_WITHIN
    return tries.heard_within if is_fresh else LOOK_AGAIN
