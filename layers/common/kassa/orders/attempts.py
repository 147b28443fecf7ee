"""Attempts: one try to collect an order's payment at one gateway, and how far it has come.

Only what a gateway said moves an attempt; silence makes it unknown. What outranks stays: an
attempt that is paid is paid, whatever comes later of its checkout, unless the money was taken back.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kassa.core.model import Instant, Model
from kassa.gateways.submissions import CheckoutState, FoundCheckout, OpenedCheckout

GIVE_UP_AFTER = timedelta(days=7)  # unknown for longer, it is left to a person
CHECK_EVERY = timedelta(hours=1)  # how often, where the gateway lists nothing that was missed
WATCHED_FOR = timedelta(days=3)  # longer than any checkout is open
REPEATED_FOR = timedelta(minutes=20)  # Stripe takes none that closes in less than 30 minutes
CLOCKS = timedelta(minutes=10)  # how far clocks and requests on their way may be behind
_LOOK_AGAIN = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))


class AttemptState(StrEnum):
    """How far an attempt has come, as whoever reads the order sees it."""

    SUBMITTED = "submitted"  # to the gateway; a crash leaves it so
    UNKNOWN = "unknown"  # no answer was received
    OPEN = "open"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    PAID = "paid"


_UNKNOWN = (AttemptState.SUBMITTED, AttemptState.UNKNOWN)
_FOUND = {
    CheckoutState.OPEN: AttemptState.OPEN,
    CheckoutState.PAID: AttemptState.PAID,
    CheckoutState.EXPIRED: AttemptState.EXPIRED,
    CheckoutState.FAILED: AttemptState.FAILED,
}


class ResolvedAs(StrEnum):
    """What a person may say became of an attempt."""

    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class AttemptResolution(Model):
    """That a person said what became of an attempt, and why."""

    outcome: ResolvedAs
    by: str  # the id of their API key
    at: Instant
    reason: str


class AttemptView(Model):
    """One try at one gateway; `number` is part of the name by which the gateway knows it."""

    number: int
    gateway: str
    account: str
    state: AttemptState
    submitted_at: Instant
    changed_at: Instant
    checkout_id: str | None = None
    url: str | None = None
    payment_id: str | None = None
    expires_at: Instant | None = None  # of the checkout, as its gateway says
    closes_at: Instant | None = None  # from then on nobody can pay what nobody was shown
    reason: str | None = None  # why it was refused or failed, or the last decline of an open one
    is_retryable: bool = False  # a refusal after which it may be submitted to another gateway
    completed_at: Instant | None = None  # the customer finished it; the money may still come
    declined_at: Instant | None = None  # a payment failed; the checkout may be open
    resolution: AttemptResolution | None = None  # a person said what became of it

    @property
    def is_unknown(self) -> bool:
        """Whether the gateway may have a checkout that we don't know of."""
        return self.state in _UNKNOWN

    @property
    def is_completed(self) -> bool:
        """Whether its customer is done, and no payment is booked yet.

        That is also where its checkout is paid as its gateway says, and no person does.
        """
        if self.state is AttemptState.PAID:
            return self.resolution is None
        return self.state is AttemptState.OPEN and self.completed_at is not None

    @property
    def is_over(self) -> bool:
        """Whether it is known that nothing will be paid by it any more."""
        return self.state in (AttemptState.REFUSED, AttemptState.EXPIRED, AttemptState.FAILED)


class Attempt(AttemptView):
    """An attempt with what Kassa notes for itself, which no API answers."""

    next_check_at: Instant | None = None  # when what is unknown is looked up again
    check_count: int = 0  # how often that was in vain
    is_watched: bool = False  # its gateway lists no events, so what a webhook lost is looked for


def begun(
    number: int,
    where: tuple[str, str],
    now: datetime,
    is_watched: bool = False,
    open_for: timedelta | None = None,
) -> Attempt:
    """Return an attempt as it is noted before it is submitted to its gateway, at an account.

    `open_for` says how long the checkout can be paid; when that ends is part of what is submitted,
    so it is fixed here, and the same whenever it is submitted again.
    """
    closes_at = (now + open_for).replace(microsecond=0) if open_for else None
    gateway, account = where
    return Attempt(
        number=number,
        gateway=gateway,
        account=account,
        state=AttemptState.SUBMITTED,
        submitted_at=now,
        changed_at=now,
        next_check_at=now + _LOOK_AGAIN[0],
        is_watched=is_watched,
        closes_at=closes_at,
    )


def opened(attempt: Attempt, checkout: OpenedCheckout, now: datetime) -> Attempt:
    """Note the checkout; events of it that came before the answer still count."""
    state = AttemptState.OPEN if attempt.is_unknown else attempt.state
    return _moved(attempt, state, now, **_of_checkout(checkout))


def refused(attempt: Attempt, reason: str, is_retryable: bool, now: datetime) -> Attempt:
    """Note that the gateway refused, and whether another may be tried."""
    if not attempt.is_unknown:
        return attempt
    return _moved(attempt, AttemptState.REFUSED, now, reason=reason, is_retryable=is_retryable)


def unanswered(attempt: Attempt, now: datetime) -> Attempt:
    """Note that a gateway was silent, and when it is looked up: in 5 minutes, an hour, a day.

    It is looked up too as soon as what was submitted has closed.
    """
    if not attempt.is_unknown:
        return attempt
    again = now + _LOOK_AGAIN[min(attempt.check_count, len(_LOOK_AGAIN) - 1)]
    if attempt.closes_at is not None and not has_closed(attempt, now):
        again = min(again, attempt.closes_at + CLOCKS)
    wakes = None if now >= attempt.submitted_at + GIVE_UP_AFTER else again
    return _moved(
        attempt,
        AttemptState.UNKNOWN,
        now,
        keep=True,
        next_check_at=wakes,
        check_count=attempt.check_count + 1,
    )


def is_repeatable(attempt: Attempt, memory: timedelta, now: datetime) -> bool:
    """Tell whether the same request may be sent again to a gateway that remembers it so long."""
    known_for = memory if attempt.closes_at is None else min(memory, REPEATED_FOR)
    return now < attempt.submitted_at + known_for


def has_closed(attempt: Attempt, now: datetime) -> bool:
    """Tell whether nobody can pay any more what an unknown attempt may have opened."""
    return attempt.closes_at is not None and now >= attempt.closes_at + CLOCKS


def closed_unseen(attempt: Attempt, now: datetime) -> Attempt:
    """Note that what nobody was ever shown is closed by now, whatever the gateway made of it."""
    return _moved(attempt, AttemptState.EXPIRED, now, reason="closed_unseen")


def given_up(attempt: Attempt, now: datetime) -> Attempt:
    """Leave an unknown attempt to a person: by itself nothing more can be learnt of it."""
    return _moved(attempt, AttemptState.UNKNOWN, now, keep=True, next_check_at=None)


def found(attempt: Attempt, checkout: FoundCheckout, now: datetime) -> Attempt:
    """Note how the gateway says that the checkout stands; that settles earlier declines."""
    state = _FOUND[checkout.state]
    if attempt.state is AttemptState.PAID:
        state = AttemptState.PAID
    after = _moved(attempt, state, now, declined_at=None, **_of_checkout(checkout.opened))
    return after if state is AttemptState.OPEN else watched(after, now, timedelta(0))


def watched(attempt: Attempt, now: datetime, after: timedelta = CHECK_EVERY) -> Attempt:
    """Note when a checkout that no list reports is looked at: open, or paid and not yet booked.

    Its time begins anew once a person has said what became of it, however old it is then.
    """
    is_live = attempt.state in (AttemptState.OPEN, AttemptState.PAID)
    since = attempt.resolution.at if attempt.resolution else attempt.submitted_at
    wakes = now + after if is_live and now < since + WATCHED_FOR else None
    return attempt.model_copy(update={"next_check_at": wakes}) if attempt.is_watched else attempt


def never_opened(attempt: Attempt, now: datetime) -> Attempt:
    """Note that the gateway has no such checkout, long after it could still have come to be."""
    return _moved(attempt, AttemptState.FAILED, now, reason="never_opened")


def resolved(
    attempt: Attempt, resolution: AttemptResolution, checkout: FoundCheckout | None, now: datetime
) -> Attempt:
    """Note a person's resolution, and what the gateway says of its checkout, if anything."""
    state = AttemptState(resolution.outcome)
    known = _of_checkout(checkout.opened) if checkout else {}
    after = _moved(attempt, state, now, resolution=resolution, reason="resolved_by_person", **known)
    return watched(after, now, timedelta(0))


def completed(attempt: Attempt, checkout_id: str, payment_id: str | None, now: datetime) -> Attempt:
    """Note that the customer finished the checkout; only the payment itself makes it paid."""
    if attempt.completed_at is not None:
        return attempt
    state = AttemptState.OPEN if attempt.is_unknown else attempt.state
    known_as = attempt.payment_id or payment_id
    return _moved(
        attempt, state, now, completed_at=now, checkout_id=checkout_id, payment_id=known_as
    )


def expired(attempt: Attempt, now: datetime) -> Attempt:
    """Note that the checkout closed unpaid."""
    return _ended(attempt, AttemptState.EXPIRED, attempt.reason, now)


def failed(attempt: Attempt, reason: str | None, now: datetime) -> Attempt:
    """Note that nothing will be paid by it."""
    return _ended(attempt, AttemptState.FAILED, reason or attempt.reason, now)


def declined(attempt: Attempt, reason: str | None, now: datetime) -> Attempt:
    """Note a payment that failed; the checkout may allow another try, so it stays open."""
    if attempt.state is not AttemptState.OPEN:
        return attempt
    return _moved(attempt, attempt.state, now, reason=reason, declined_at=now)


def paid(attempt: Attempt, payment_id: str, now: datetime) -> Attempt:
    """Note the payment that was captured by it; nothing outranks that."""
    known = (AttemptState.PAID, payment_id, None)
    if (attempt.state, attempt.payment_id, attempt.next_check_at) == known:
        return attempt
    return _moved(attempt, AttemptState.PAID, now, payment_id=payment_id, reason=None)


def taken_back(attempt: Attempt, reason: str | None, now: datetime) -> Attempt:
    """Note that what paid it was disproved or taken back; that alone outranks a payment."""
    if attempt.is_over:
        return attempt
    return _moved(attempt, AttemptState.FAILED, now, reason=reason or "taken_back")


def paid_in_part(attempt: Attempt, payment_id: str, now: datetime) -> Attempt:
    """Note a payment that took less than the order costs; its checkout may be open or over."""
    state = AttemptState.OPEN if attempt.is_unknown else attempt.state
    if (state, payment_id) == (attempt.state, attempt.payment_id):
        return attempt
    return _moved(attempt, state, now, payment_id=payment_id)


def _ended(attempt: Attempt, state: AttemptState, reason: str | None, now: datetime) -> Attempt:
    if attempt.state is AttemptState.PAID or attempt.is_over:
        return attempt
    return _moved(attempt, state, now, reason=reason)


def _of_checkout(checkout: OpenedCheckout) -> dict[str, Any]:
    """Return a checkout's fields; a gateway that gives no address back takes none away."""
    return {name: value for name, value in checkout.model_dump().items() if value}


def _moved(
    attempt: Attempt, state: AttemptState, now: datetime, *, keep: bool = False, **more: Any
) -> Attempt:
    """Return the attempt in a state; what is known of it sleeps, unless it is kept awake."""
    if not keep:
        more = {"next_check_at": None} | more
    after = attempt.model_copy(update={"state": state, "changed_at": now} | more)
    return watched(after, now) if state is AttemptState.OPEN else after
