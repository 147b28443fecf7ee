"""What becomes of a delivery by what its partner answered, and when it is tried again."""

from datetime import datetime, timedelta

from kassa.deliveries.delivery import Delivery, Outcome, Reason, Status
from kassa.partners.ports import Answer, Traits, Verdict

FIRST_PAUSE = timedelta(seconds=30)  # doubles with every attempt, up to PAUSE_MAX
PAUSE_MAX = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)  # of trying; then a person decides
UNTRIED_AFTER = timedelta(days=6)  # of waiting for a turn: what is driven again may wait for one
REASON_MAX = 200


def outcome(delivery: Delivery, answer: Answer, traits: Traits, now: datetime) -> Outcome:
    """Return what an attempt leaves behind; waits have no jitter yet."""
    if answer.verdict is Verdict.DONE:
        return Outcome(Status.SENT, carrier_id=answer.partner_id)
    if answer.verdict is Verdict.REFUSED:
        return Outcome(Status.FAILED, (answer.reason or Reason.REFUSED.value)[:REASON_MAX])
    if answer.verdict is Verdict.UNKNOWN and not traits.is_repeatable:
        return Outcome(Status.UNKNOWN, Reason.NO_ANSWER)
    asked = timedelta(seconds=answer.retry_after_s or 0)
    if answer.verdict is Verdict.UNKNOWN:
        asked = max(asked, traits.settles)
    return waiting(delivery, now, asked, answer.reason, GIVEN_UP_AFTER)


def waiting(
    delivery: Delivery, now: datetime, asked: timedelta, reason: str | None, given_up: timedelta
) -> Outcome:
    """Return that a delivery waits as long as it was asked to, and longer with every attempt.

    One as old as `given_up` waits no more.
    """
    if now - delivery.created_at >= given_up:
        why = f"given up after {given_up.days} days: {reason or Reason.BUSY.value}"
        return Outcome(Status.FAILED, why[:REASON_MAX])
    pause = max(asked, pause_after(delivery.attempts))
    return Outcome(Status.WAITING, reason or Reason.BUSY.value, next_attempt_at=now + pause)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts."""
    doublings = min(max(attempts - 1, 0), 10)  # more would only overflow
    return min(FIRST_PAUSE * (1 << doublings), PAUSE_MAX)
