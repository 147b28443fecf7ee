"""What is to be done when an order is sent: show its checkout, wait, look up, refuse, or submit.

A pure function of the order's lifecycle and the instant. The one rule above all others: while it
isn't known what an attempt led to, there is no second one, at no gateway. A payment that no webhook
told of is looked up.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.gateways.events import Subject, SubjectKind
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.lifecycle import ATTEMPTS_MAX, OrderLifecycle, OrderStatus

SUBMITTING_TAKES = timedelta(seconds=40)  # longer than any request lives
KNOWN_FOR = timedelta(seconds=15)  # not every gateway reports that a checkout ended
REFUSAL_KEPT = timedelta(minutes=15)  # until then the same order gets the same refusal


class Do(StrEnum):
    """What is to be done next."""

    SHOW = "show"  # the checkout that there is
    WAIT = "wait"  # another request is submitting right now
    RESOLVE = "resolve"  # find out what became of an attempt
    LOOK = "look"  # whether the checkout is still open
    REFUSE = "refuse"  # answer again what the gateway answered
    STOP = "stop"  # it was tried too often
    SUBMIT = "submit"  # begin the next attempt


def next_step(lifecycle: OrderLifecycle, now: datetime) -> Do:
    """Say what an order that was sent leads to."""
    last = lifecycle.last
    if _is_settled(lifecycle):
        return Do.SHOW
    if last is None:
        return Do.SUBMIT
    if last.is_unknown:
        return _of_unknown(last, now)
    if last.state is AttemptState.OPEN:
        is_old = now >= last.changed_at + KNOWN_FOR
        return Do.LOOK if is_old or is_doubtful(last, now) else Do.SHOW
    if last.state is AttemptState.REFUSED and not _is_forgotten(last, now):
        return Do.REFUSE
    return Do.SUBMIT if len(lifecycle.attempts) < ATTEMPTS_MAX else Do.STOP


def _is_settled(lifecycle: OrderLifecycle) -> bool:
    """Tell whether nothing is to be submitted: it is paid, or a person has to look first."""
    is_paid = any(one.state is AttemptState.PAID for one in lifecycle.attempts)
    return is_paid or lifecycle.status in (OrderStatus.PAID, OrderStatus.DISCREPANCY)


def is_doubtful(attempt: Attempt, now: datetime) -> bool:
    """Tell whether an open checkout is likely closed: it is past its time, or saw a decline."""
    is_late = attempt.expires_at is not None and now >= attempt.expires_at
    return is_late or attempt.declined_at is not None


def _of_unknown(last: Attempt, now: datetime) -> Do:
    is_under_way = last.state is AttemptState.SUBMITTED and now < last.changed_at + SUBMITTING_TAKES
    return Do.WAIT if is_under_way else Do.RESOLVE


def _is_forgotten(last: Attempt, now: datetime) -> bool:
    """A retryable refusal stops nobody; another one is kept for a while, then tried again."""
    return last.is_retryable or now >= last.changed_at + REFUSAL_KEPT


def missed_payment(attempt: Attempt | None) -> Subject | None:
    """Return the payment to look up: its checkout is paid, and it keeps being looked for."""
    if attempt is None or attempt.payment_id is None:
        return None
    if attempt.state is not AttemptState.PAID or attempt.next_check_at is None:
        return None
    return Subject(
        gateway=attempt.gateway,
        account=attempt.account,
        kind=SubjectKind.PAYMENT,
        subject_id=attempt.payment_id,
    )
