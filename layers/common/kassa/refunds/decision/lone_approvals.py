"""How much one person approves alone: of one payment, and on one day over all payments.

Both limits are in code, and a policy may only lower them. What two approved counts for neither of
them: somebody else has looked. An approval that was undone is given back; one that came to nothing
later stays counted, since the same person may approve the same request again.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from kassa.core.callers import Caller, require_fresh
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import RefundPolicy

PERSON_DAY = 10  # times what they approve alone of one payment


class LoneShare(Model):
    """What an approval counted for its only approver; kept in the lifecycle, to be given back."""

    person: str
    day: str  # in UTC, whoever works where
    amount_minor: int


class LoneSums(NamedTuple):
    """What one person has approved alone so far, in one currency and in minor units."""

    of_payment_minor: int = 0
    of_day_minor: int = 0


class LoneLimits(NamedTuple):
    """What one person may approve alone, in one currency and in minor units."""

    of_payment_minor: int
    of_day_minor: int


class LoneCount(NamedTuple):
    """What a decision adds to a person's sums, below zero what it gives back, and their limits."""

    share: LoneShare
    added_minor: int
    limits: LoneLimits


def lone_limits(policy: RefundPolicy, currency: str) -> LoneLimits:
    """Return what one person may approve alone: the code's limit, or what a policy lowers it to.

    A currency that the code doesn't list always needs two.
    """
    named = {limit.currency: limit.amount_minor for limit in policy.second_person_over}
    in_code_minor = limits_of(currency).per_refund_minor
    one_minor = min(named.get(currency, in_code_minor), in_code_minor)
    return LoneLimits(one_minor, PERSON_DAY * one_minor)


def needs_second(policy: RefundPolicy, amount: Money, sums: LoneSums | None = None) -> bool:
    """Whether an amount, on top of what a person approved alone before, needs another person."""
    limits, before = lone_limits(policy, amount.currency), sums or LoneSums()
    return (
        before.of_payment_minor + amount.amount_minor > limits.of_payment_minor
        or before.of_day_minor + amount.amount_minor > limits.of_day_minor
    )


def require_fresh_over(
    policy: RefundPolicy, amount: Money, caller: Caller, now: datetime, sums: LoneSums | None = None
) -> None:
    """Raise SignInTooOld for more than one person approves alone, by an old sign-in."""
    if needs_second(policy, amount, sums):
        require_fresh(caller, now)


def day_of_share(at: datetime) -> str:
    """Return the day that an approval counts for."""
    return str(at.astimezone(UTC).date())
