"""What a person may say of an attempt that nothing else can end, and what the gateway says to it.

A person is shown what the gateway says, and can't say otherwise; only where the gateway can't
answer does a person's decision stand alone.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kassa.core.errors import Conflict
from kassa.core.model import Model
from kassa.orders.attempts import Attempt, AttemptResolution, AttemptState, AttemptView, ResolvedAs
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.next_step import SUBMITTING_TAKES

REASON_MAX = 200


class HostedCheckoutStatus(StrEnum):
    """How an attempt's hosted checkout stands, as its gateway says when it is looked up."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    ABSENT = "absent"  # it has no such checkout
    UNKNOWN = "unknown"  # it is silent, or finds no checkout by our name


_CONTRADICTED = {
    HostedCheckoutStatus.OPEN: frozenset(ResolvedAs),
    HostedCheckoutStatus.PAID: frozenset({ResolvedAs.FAILED, ResolvedAs.EXPIRED}),
    HostedCheckoutStatus.EXPIRED: frozenset({ResolvedAs.PAID}),
    HostedCheckoutStatus.FAILED: frozenset({ResolvedAs.PAID}),
    HostedCheckoutStatus.ABSENT: frozenset({ResolvedAs.PAID}),
    HostedCheckoutStatus.UNKNOWN: frozenset(),
}


class AttemptResolutionBody(Model):
    """What a person says became of an attempt; without an outcome it is only looked up."""

    outcome: ResolvedAs | None = None
    reason: Annotated[str, Field(max_length=REASON_MAX, pattern=r"^[^@\r\n]*$")] = ""


def check(
    attempt: Attempt, outcome: ResolvedAs, status: HostedCheckoutStatus, now: datetime
) -> None:
    """Raise Conflict, saying why, where a person can't say this of an attempt."""
    who = f"attempt {attempt.number} at {attempt.gateway}/{attempt.account}"
    if attempt.state is AttemptState.SUBMITTED and now < attempt.submitted_at + SUBMITTING_TAKES:
        raise Conflict(f"{who} is just being asked: wait a minute")
    if not (attempt.is_unknown or attempt.state is AttemptState.OPEN):
        raise Conflict(f"{who} is {attempt.state} already")
    if outcome in _CONTRADICTED[status]:
        means = (
            " and can be paid: close it there first" if status is HostedCheckoutStatus.OPEN else ""
        )
        raise Conflict(f"{who} isn't {outcome}: {attempt.gateway} says it is {status}{means}")
    if status is HostedCheckoutStatus.UNKNOWN and _is_shown(attempt, now):
        until = f" until {attempt.expires_at:%Y-%m-%d %H:%M} UTC" if attempt.expires_at else ""
        raise Conflict(f"{who} was shown and can be paid{until}: ask {attempt.gateway} again later")


def is_resolved_as(attempt: Attempt, resolution: AttemptResolution) -> bool:
    """Tell whether the same person has resolved the attempt alike before."""
    known = attempt.resolution
    return known is not None and (known.outcome, known.by) == (resolution.outcome, resolution.by)


def _is_shown(attempt: Attempt, now: datetime) -> bool:
    """Tell whether a customer may be at the checkout and its time isn't over."""
    is_over = attempt.expires_at is not None and now >= attempt.expires_at
    return attempt.state is AttemptState.OPEN and not is_over


class ResolvedAttempt(Model):
    """An attempt as it stands, and what its gateway says of its checkout."""

    order_id: str
    status: OrderStatus
    attempt: AttemptView
    gateway_status: HostedCheckoutStatus
    why: str | None = None  # why the gateway can't tell
