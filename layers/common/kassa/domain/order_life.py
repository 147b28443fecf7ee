"""An order's life: its attempts, and by which payment it was paid.

The first payment that took what an order costs is the one that paid it. Whatever else is captured
for it is a second payment, which is somebody's money that has to go back; a payment that took
less becomes one as soon as another pays the order.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.domain import attempts as stages
from kassa.domain.attempts import Attempt, AttemptState
from kassa.domain.facts import FactMetadata
from kassa.domain.model import Instant, Model
from kassa.domain.money import Money

ATTEMPTS_MAX = 30  # of one order; whoever needs more sends another order


class OrderPayment(Model):
    """A payment that was captured for an order, by the first of its captures that was heard of."""

    gateway: str
    account: str
    payment_id: str
    amount: Money
    captured_at: Instant
    object_id: str
    heard: FactMetadata

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells it from every other payment."""
        return self.gateway, self.account, self.payment_id


class OrderStatus(StrEnum):
    """How an order stands."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    OPEN = "open"
    COMPLETED = "completed"  # the customer is done, the money isn't here yet
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    PAID = "paid"


class OrderLife(Model):
    """What became of an order so far; every change is written on the version read."""

    order_id: str
    version: int = 0
    attempts: tuple[Attempt, ...] = ()
    paid_by: OrderPayment | None = None
    second_payments: tuple[OrderPayment, ...] = ()
    part_payments: tuple[OrderPayment, ...] = ()  # each took less than the order costs

    @property
    def last(self) -> Attempt | None:
        """Return the newest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def shown(self) -> Attempt | None:
        """Return the attempt to speak of: the one that was paid, else the newest."""
        paid = [one for one in self.attempts if one.state is AttemptState.PAID]
        return paid[0] if paid else self.last

    @property
    def status(self) -> OrderStatus:
        """Return how the order stands, by its payment or else by the attempt to speak of."""
        shown = self.shown
        if self.paid_by is not None or shown is None:
            return OrderStatus.PAID if self.paid_by else OrderStatus.ASKED
        if shown.state is AttemptState.OPEN and shown.completed_at is not None:
            return OrderStatus.COMPLETED
        return OrderStatus(shown.state)

    @property
    def wakes_at(self) -> datetime | None:
        """Return when it must be looked at again; most orders of which enough is known sleep."""
        return self.last.wakes_at if self.last else None


def asking(
    life: OrderLife,
    where: tuple[str, str],
    now: datetime,
    is_watched: bool = False,
    open_for: timedelta | None = None,
) -> OrderLife:
    """Return the life with its next attempt, as it is noted before the gateway is asked."""
    attempt = stages.begun(len(life.attempts) + 1, where, now, is_watched, open_for)
    return _changed(life, attempts=(*life.attempts, attempt))


def with_attempt(life: OrderLife, attempt: Attempt) -> OrderLife:
    """Return the life with one attempt as it stands now; the same life if nothing changed."""
    attempts = list(life.attempts)
    attempts[attempt.number - 1] = attempt
    if tuple(attempts) == life.attempts:
        return life
    return _changed(life, attempts=tuple(attempts))


def last_tried(life: OrderLife, where: tuple[str, str]) -> int:
    """Return the number of the newest attempt at a gateway account; nothing where there is none."""
    return max(
        (one.number for one in life.attempts if (one.gateway, one.account) == where), default=0
    )


def attempts_at(life: OrderLife, where: tuple[str, str]) -> list[Attempt]:
    """Return the attempts at a gateway account: those that may still be paid first, the newest."""
    here = [one for one in reversed(life.attempts) if (one.gateway, one.account) == where]
    return sorted(here, key=lambda one: one.is_over)


def with_payment(life: OrderLife, payment: OrderPayment, is_full: bool, now: datetime) -> OrderLife:
    """Return the life with a captured payment: it paid the order, or a part, or came second."""
    known = [life.paid_by, *life.second_payments, *(() if is_full else life.part_payments)]
    if any(one is not None and one.name == payment.name for one in known):
        return life
    is_part = life.paid_by is None and not is_full
    life = _with_paid_attempt(life, payment, is_part, now)
    if is_part:
        return _changed(life, part_payments=(*life.part_payments, payment))
    others = tuple(one for one in life.part_payments if one.name != payment.name)
    if life.paid_by is not None:
        others = (*others, payment)
    seconds = (*life.second_payments, *others)
    return _changed(
        life, paid_by=life.paid_by or payment, second_payments=seconds, part_payments=()
    )


def _with_paid_attempt(
    life: OrderLife, payment: OrderPayment, is_part: bool, now: datetime
) -> OrderLife:
    """Mark the attempt that a payment is of: the one that names it, or else the newest there."""
    here = attempts_at(life, (payment.gateway, payment.account))
    named = [one for one in here if one.payment_id == payment.payment_id]
    move = stages.paid_in_part if is_part else stages.paid
    for attempt in [*named, *(one for one in here if one.payment_id is None)][:1]:
        life = with_attempt(life, move(attempt, payment.payment_id, now))
    return life


def is_second(life: OrderLife, payment: OrderPayment) -> bool:
    """Tell whether a payment came after another had paid the order."""
    return any(one.name == payment.name for one in life.second_payments)


def _changed(life: OrderLife, **words: object) -> OrderLife:
    return life.model_copy(update={"version": life.version + 1} | words)
