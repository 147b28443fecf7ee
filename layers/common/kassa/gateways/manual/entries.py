"""What people say of a payment, and the events that follow: this gateway's own form.

An event names itself by what it is about, so that said again it is the same event, whoever puts it
on the queue, how often and in which order.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.manual.event_types import APPLIED, ENTERED, GIVEN_BACK, REVERSED


class EntryMethod(StrEnum):
    """How money came in."""

    CASH = "cash"
    TILL = "till"  # by whatever means the till took
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    OTHER = "other"


class ReversalReason(StrEnum):
    """Why a payment is none any more."""

    BOUNCED = "bounced"  # its bank took it back: a cheque, a debit
    MISTAKE = "mistake"  # it never was
    DUPLICATE = "duplicate"  # it is entered already


class GivenBack(Model):
    """Money of a payment that a person gave back."""

    refund_id: str
    amount_minor: int
    given_at: Instant


class Reversal(Model):
    """That a payment was taken back whole, or entered by mistake."""

    reason: ReversalReason
    reversed_at: Instant


class PaymentEntry(Model):
    """A payment as people entered it, with what they said of it afterwards."""

    payment_id: str
    account: str  # the till's or the bank account's name
    method: EntryMethod
    amount: Money
    received_at: Instant
    reference: str | None = None
    order_id: str | None = None
    invoice_number: str | None = None
    customer_id: str | None = None
    applied_at: Instant | None = None  # when it was said later which invoice it pays
    given_back: tuple[GivenBack, ...] = ()
    reversal: Reversal | None = None

    @property
    def left_minor(self) -> int:
        """Return what of it wasn't given back, in minor units; nothing of one that is reversed."""
        if self.reversal is not None:
            return 0
        return self.amount.amount_minor - sum(one.amount_minor for one in self.given_back)


class EntryEvent(Model):
    """One event, as it stands on EventsQueue and in the archive."""

    id: str
    type: str
    at: Instant  # when money moved
    payment_id: str
    amount: Money  # of the payment, or of what was given back
    method: EntryMethod
    order_id: str | None = None
    invoice_number: str | None = None
    customer_id: str | None = None
    reason: ReversalReason | None = None
    refund_id: str | None = None


def events_of(entry: PaymentEntry) -> tuple[EntryEvent, ...]:
    """Return all that was said of a payment, one event each; what is said later comes last."""
    entered = _event(entry, ENTERED, f"entered:{entry.payment_id}", entry.received_at)
    given_back = (
        _event(entry, GIVEN_BACK, f"given_back:{one.refund_id}", one.given_at).model_copy(
            update={
                "refund_id": one.refund_id,
                "amount": entry.amount.model_copy(update={"amount_minor": one.amount_minor}),
            }
        )
        for one in entry.given_back
    )
    return (entered, *_applied(entry), *given_back, *_reversed(entry))


def first_reversal(entry: PaymentEntry) -> datetime:
    """Return the earliest instant at which a payment can be reversed: gateways count seconds."""
    return entry.received_at + timedelta(seconds=1)


def _applied(entry: PaymentEntry) -> tuple[EntryEvent, ...]:
    if entry.applied_at is None:
        return ()
    return (_event(entry, APPLIED, f"applied:{entry.payment_id}", entry.received_at),)


def _reversed(entry: PaymentEntry) -> tuple[EntryEvent, ...]:
    if entry.reversal is None:
        return ()
    at, named = entry.reversal.reversed_at, f"reversed:{entry.payment_id}"
    event = _event(entry, REVERSED, named, at)
    return (event.model_copy(update={"reason": entry.reversal.reason}),)


def _event(entry: PaymentEntry, event_type: str, event_id: str, at: datetime) -> EntryEvent:
    return EntryEvent(
        id=event_id,
        type=event_type,
        at=at,
        payment_id=entry.payment_id,
        amount=entry.amount,
        method=entry.method,
        order_id=entry.order_id,
        invoice_number=entry.invoice_number,
        customer_id=entry.customer_id,
    )
