"""What an answer means, and when a webhook is tried again; a pure function of what is passed in."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.deliveries.delivery import Delivery, Outcome, Reason, Status
from kassa.partners.retry_after import retry_after

STEPS_S = (5, 30, 120, 300, 1800, 7200, 18_000, 36_000)  # at most; the last one again and again
GIVES_UP_AFTER = timedelta(days=5)
ALARMS_AFTER = timedelta(hours=6)
SHORT = timedelta(minutes=15)  # a queue delays a message by no more
UNREACHABLE = "unreachable"  # nobody took the connection
_GONE = 410
_THROTTLING = frozenset({429, 503})

Draw = Callable[[float], float]  # a number between nothing and what it is given


class Answer(NamedTuple):
    """What an attempt came to: a status, or why there was none."""

    status: int | None
    headers: Mapping[str, str] = {}
    failure: str = Reason.NO_ANSWER

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == _GONE

    @property
    def reason(self) -> str:
        """Return why it wasn't taken."""
        return f"status {self.status}" if self.status is not None else self.failure


def outcome(delivery: Delivery, answer: Answer, now: datetime, draw: Draw) -> Outcome:
    """Return what becomes of a delivery after an attempt."""
    if answer.is_taken:
        return Outcome(Status.SENT)
    if answer.is_gone:
        return Outcome(Status.FAILED, answer.reason)
    wait = timedelta(seconds=draw(_step_s(delivery.attempts)))
    next_at = now + max(wait, _asked_for(answer, now))
    if next_at - delivery.created_at > GIVES_UP_AFTER:
        return Outcome(Status.FAILED, answer.reason)
    return Outcome(Status.WAITING, answer.reason, next_attempt_at=next_at)


def put_off(delivery: Delivery, rests_until: datetime, draw: Draw) -> Outcome:
    """Return until when a delivery waits for an endpoint that is left alone.

    Spread as its own retry would be, so that not all come at once when the rest is over.
    """
    spread = timedelta(seconds=draw(_step_s(delivery.attempts + 1)))
    return Outcome(Status.WAITING, Reason.BUSY, next_attempt_at=rests_until + spread)


def is_failing_for_good(failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether an endpoint is given up: nothing but failures, for five days."""
    return failing_since is not None and now - failing_since >= GIVES_UP_AFTER


def is_failing_for_long(failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether somebody should look at an endpoint: nothing but failures, for six hours."""
    return failing_since is not None and now - failing_since >= ALARMS_AFTER


def _step_s(attempts: int) -> int:
    return STEPS_S[min(max(attempts, 1), len(STEPS_S)) - 1]


def _asked_for(answer: Answer, now: datetime) -> timedelta:
    """Return how long the receiver wants to be left alone; as it says so, up to a day."""
    if answer.status not in _THROTTLING:
        return timedelta(0)
    return retry_after(answer.headers.get("retry-after"), now) or timedelta(0)
