"""What one needs to know of a payment before asking for a refund of it."""

from collections.abc import Iterable
from datetime import datetime

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind, Subject
from kassa.ledger.objects import PaymentStatus as PaymentStatus
from kassa.ledger.state import SubjectState


class PaymentDetails(Model):
    """A payment in a few words; amounts are none until something of it was captured."""

    gateway: str
    account: str
    payment_id: str
    order_id: str | None
    customer_id: str | None
    status: PaymentStatus
    captured: Money | None
    captured_at: Instant | None
    refundable: Money | None
    method: str | None = None  # what it was paid with; none where several captures differ
    brand: str | None = None
    currency: str | None = None  # what it was captured in, or else reported in
    tried: Money | None = None  # the most that was to be paid, where nothing was captured
    begun_at: Instant | None = None  # when its first event was booked, where that was noted
    invoice_number: str | None = None  # where a person entered it for an invoice


def payment_details(subject: Subject, state: SubjectState) -> PaymentDetails:
    """Say how a payment stands, when it was captured and what may still be refunded."""
    charges = list(state.of(ObjectKind.CHARGE, "captured").values())

    def money(amount_minor: int) -> Money | None:
        return Money(amount_minor=amount_minor, currency=charges[0].currency) if charges else None

    first: datetime | None = min((charge.instant for charge in charges), default=None)
    return PaymentDetails(
        gateway=subject.gateway,
        account=subject.account,
        payment_id=subject.subject_id,
        order_id=state.order_id,
        customer_id=state.customer_id,
        status=state.status,
        captured=money(state.captured_minor),
        captured_at=first,
        refundable=money(max(0, state.available_minor)),
        method=_same(charge.method for charge in charges),
        brand=_same(charge.brand for charge in charges),
        currency=state.currency,
        tried=None if charges else _tried(state),
        begun_at=state.begun_at,
        invoice_number=state.invoice_number,
    )


def _same(texts: Iterable[str | None]) -> str | None:
    """Return the word that all are; none where they differ."""
    found = set(texts)
    return found.pop() if len(found) == 1 else None


def _tried(state: SubjectState) -> Money | None:
    """Return the most that was to be paid, in the currency that the payment was reported in."""
    known = (*state.of(ObjectKind.CHARGE).values(), *state.of(ObjectKind.PAYMENT).values())
    amounts = [one.amount for one in known if one.currency == state.currency]
    most = max(amounts, key=lambda one: one.amount_minor, default=None)
    return most if most and most.amount_minor else None
