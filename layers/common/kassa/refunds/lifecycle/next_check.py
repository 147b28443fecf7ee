"""When a refund request must be looked at again, should nothing happen to it before."""

from datetime import datetime, timedelta

from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.lifecycle.next_step import EVENT_WITHIN, Tries, forgotten_at

LOOK_AGAIN = timedelta(days=1)


def next_check_at(
    lifecycle: RefundLifecycle, payment: SubjectState, now: datetime, tries: Tries
) -> datetime | None:
    """Say when a request must be looked at again, should nothing happen to it before."""
    match lifecycle.state:
        case RequestState.APPROVED:
            return max(filter(None, (lifecycle.not_before, lifecycle.next_check_at)), default=None)
        case RequestState.SUBMITTED:
            return lifecycle.next_check_at
        case RequestState.ACCEPTED:
            return now + _until_event(lifecycle, now, tries)
        case RequestState.ESCALATED:
            coming = [at for at in (lifecycle.remind_at, lifecycle.decide_by) if at and at > now]
            return min(coming, default=now + LOOK_AGAIN)
        case RequestState.PAID:
            is_held = (
                lifecycle.submission_id in payment.reservations
            )  # until the refund is known by our name
            return now + _until_event(lifecycle, now, tries) if is_held else None
        case RequestState.DISCREPANCY:
            return None  # a person looks at it; its gateway's next event counts all the same
        case RequestState.REJECTED:
            return _until_released(lifecycle, payment, now, tries)


def _until_released(
    lifecycle: RefundLifecycle, payment: SubjectState, now: datetime, tries: Tries
) -> datetime | None:
    if lifecycle.submission_id not in payment.reservations:
        return None
    if not tries.can_find:
        return now + LOOK_AGAIN  # only a person can say what became of it
    return max(
        filter(None, (forgotten_at(lifecycle, tries), lifecycle.next_check_at)), default=None
    )


def _until_event(lifecycle: RefundLifecycle, now: datetime, tries: Tries) -> timedelta:
    is_fresh = lifecycle.changes[-1].at > now - EVENT_WITHIN
    return tries.event_within if is_fresh else LOOK_AGAIN
