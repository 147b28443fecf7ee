"""An order's lifecycle: its attempts, and by which payments it was paid.

Which payment pays, is a part or comes second is decided in `payments.py`.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.core.facts import FactMetadata
from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.events import Subject, SubjectKind
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptState

ATTEMPTS_MAX = 30  # of one order; whoever needs more sends another order
PART_ALARM_AFTER = timedelta(hours=1)  # by then the rest of what was ordered should have come


class OrderPaymentView(Model):
    """A payment that was captured for an order, named by the first capture that was received."""

    gateway: str
    account: str
    payment_id: str
    amount: Money  # captured by now, what was taken back aside
    refunded_minor: int = 0  # of it
    charged_back_minor: int = 0  # of it, by disputes and reversals; a bank debit's is taken back
    captured_at: Instant
    object_id: str

    @property
    def name(self) -> tuple[str, str, str]:
        """Return what tells it from every other payment."""
        return self.gateway, self.account, self.payment_id

    @property
    def subject(self) -> Subject:
        """Return it as the books name it."""
        gateway, account, payment_id = self.name
        kind = SubjectKind.PAYMENT
        return Subject(gateway=gateway, account=account, kind=kind, subject_id=payment_id)

    @property
    def left_minor(self) -> int:
        """Return what the customer has paid by it, what went back aside."""
        return self.left.amount_minor

    @property
    def left(self) -> Money:
        """Return the same with its currency."""
        gone_minor = self.refunded_minor + self.charged_back_minor
        left_minor = self.amount.amount_minor - gone_minor
        return self.amount.model_copy(update={"amount_minor": left_minor})


class OrderPayment(OrderPaymentView):
    """A payment with the last fact of it, which no API answers."""

    last_fact: FactMetadata


class DiscrepancyKind(StrEnum):
    """In what way that which was captured isn't what was ordered."""

    LESS = "less"
    MORE = "more"
    OTHER_CURRENCY = "other_currency"


class Discrepancy(Model):
    """What was captured where that isn't what was ordered; what was refunded is taken off."""

    kind: DiscrepancyKind
    ordered: Money
    captured: tuple[Money, ...]  # one for each currency


class OrderStatus(StrEnum):
    """How an order stands."""

    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    OPEN = "open"
    COMPLETED = "completed"  # the customer is done, the money isn't here yet
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    PART_PAID = "part_paid"  # less came than was ordered; the rest may still come
    DISCREPANCY = "discrepancy"  # more came than was ordered, or another currency
    PAID = "paid"


class SentLink(Model):
    """The payment link that a customer was to be sent, and when last."""

    url: str
    number: int  # how often it was asked for
    requested_at: Instant


class OrderLifecycle(Model):
    """What became of an order so far; every change is written on the version read."""

    order_id: str
    version: int = 0
    attempts: tuple[Attempt, ...] = ()
    paid_by: OrderPayment | None = None
    paid_with: tuple[OrderPayment, ...] = ()  # what reached the amount together with `paid_by`
    duplicate_payments: tuple[OrderPayment, ...] = ()
    part_payments: tuple[OrderPayment, ...] = ()  # together they are less than the order costs
    discrepancy: Discrepancy | None = None
    alarms_at: Instant | None = None  # when a part that stays alone becomes a person's business
    reopened_at: Instant | None = None  # it was paid, and what paid it was taken back
    sent_link: SentLink | None = None

    @property
    def payers(self) -> tuple[OrderPayment, ...]:
        """Return the payments that paid the order; none while it isn't paid."""
        return (self.paid_by, *self.paid_with) if self.paid_by else ()

    def named(self, name: tuple[str, str, str]) -> OrderPayment | None:
        """Return the payment of that name, whatever it is to the order."""
        known = (*self.payers, *self.duplicate_payments, *self.part_payments)
        return next((one for one in known if one.name == name), None)

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
        """Return how the order stands, by its payments or else by the attempt to speak of."""
        shown = self.shown
        if self.discrepancy is not None:
            is_less = self.discrepancy.kind is DiscrepancyKind.LESS
            return OrderStatus.PART_PAID if is_less else OrderStatus.DISCREPANCY
        if self.paid_by is not None or shown is None:
            return OrderStatus.PAID if self.paid_by else OrderStatus.SUBMITTED
        if shown.is_completed:
            return OrderStatus.COMPLETED
        return OrderStatus(shown.state)

    @property
    def next_check_at(self) -> datetime | None:
        """Return when it must be looked at again; most orders of which enough is known sleep."""
        times = [self.last.next_check_at if self.last else None, self.alarms_at]
        return min((one for one in times if one is not None), default=None)


def submitting(
    lifecycle: OrderLifecycle,
    where: tuple[str, str],
    now: datetime,
    is_watched: bool = False,
    open_for: timedelta | None = None,
) -> OrderLifecycle:
    """Return the lifecycle with its next attempt, as it is noted before it is submitted."""
    attempt = stages.begun(len(lifecycle.attempts) + 1, where, now, is_watched, open_for)
    return changed(lifecycle, attempts=(*lifecycle.attempts, attempt))


def with_attempt(lifecycle: OrderLifecycle, attempt: Attempt) -> OrderLifecycle:
    """Return the lifecycle with one attempt as it stands now; the same lifecycle if nothing
    changed.
    """
    attempts = list(lifecycle.attempts)
    attempts[attempt.number - 1] = attempt
    if tuple(attempts) == lifecycle.attempts:
        return lifecycle
    return changed(lifecycle, attempts=tuple(attempts))


def last_tried(lifecycle: OrderLifecycle, where: tuple[str, str]) -> int:
    """Return the number of the newest attempt at a gateway account; nothing where there is none."""
    return max(
        (one.number for one in lifecycle.attempts if (one.gateway, one.account) == where), default=0
    )


def attempts_at(lifecycle: OrderLifecycle, where: tuple[str, str]) -> list[Attempt]:
    """Return the attempts at a gateway account: those that may still be paid first, the newest."""
    here = [one for one in reversed(lifecycle.attempts) if (one.gateway, one.account) == where]
    return sorted(here, key=lambda one: one.is_over)


def changed(lifecycle: OrderLifecycle, **fields: object) -> OrderLifecycle:
    """Return the lifecycle as it stands after one change."""
    return lifecycle.model_copy(update={"version": lifecycle.version + 1} | fields)
