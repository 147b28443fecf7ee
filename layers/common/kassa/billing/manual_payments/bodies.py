"""The bodies of requests that enter payments, and of their answers; and when it happened."""

import json
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, StrictInt, field_validator, model_validator

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model
from kassa.core.money import CURRENCIES, Money
from kassa.core.periods import Period, day_of
from kassa.gateways.manual.entries import (
    EntryMethod,
    PaymentEntry,
    ReversalReason,
    first_reversal,
)
from kassa.gateways.registry import MANUAL
from kassa.orders.order import OrderId

AGE_MAX = timedelta(days=731)  # of what is entered; older books are closed everywhere
AMOUNT_MAX = 10**12  # minor units, as of an order

AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
EntryId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$")]  # no mail
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$")]
InvoiceNumber = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{8}$")]
AmountMinor = Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX)]


class PaymentBody(Model):
    """A payment that came in past every gateway; without a date it came in just now."""

    method: EntryMethod
    account: AccountName  # the till's or the bank account's name, such as till-1
    amount_minor: AmountMinor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
    received_on: date | None = None  # the merchant's day
    received_at: Instant | None = None
    order_id: OrderId | None = None
    invoice_number: InvoiceNumber | None = None  # with neither it is applied to nothing yet
    reference: Reference | None = None  # the receipt's, the cheque's; never a name
    entry_id: EntryId | None = None  # the caller's own name for it: it is entered once
    is_repeat: bool = False  # it is another payment, alike to one of the same day

    @field_validator("currency")
    @classmethod
    def _is_in_use(cls, currency: str) -> str:
        if currency not in CURRENCIES:
            raise ValueError("is no currency that anybody pays in, such as EUR")
        return currency

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.order_id is not None and self.invoice_number is not None:
            raise ValueError("name an order or an invoice: an invoice's order is known")
        if self.received_on is not None and self.received_at is not None:
            raise ValueError("say received_on or received_at")
        return self

    @property
    def amount(self) -> Money:
        """Return what came in."""
        return Money(amount_minor=self.amount_minor, currency=self.currency)

    def entry(self, payment_id: str, received_at: datetime) -> PaymentEntry:
        """Return the payment as it is kept."""
        return PaymentEntry(
            payment_id=payment_id,
            account=self.account,
            method=self.method,
            amount=self.amount,
            received_at=received_at,
            reference=self.reference,
            order_id=self.order_id,
            invoice_number=self.invoice_number,
        )


class ApplicationBody(Model):
    """Which invoice a payment pays that was entered for nothing yet."""

    invoice_number: InvoiceNumber


class GivenBackBody(Model):
    """Money of a payment that a person gave back; without an amount all that is left."""

    amount_minor: AmountMinor | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    given_on: date | None = None  # the merchant's day; none: just now
    entry_id: EntryId | None = None
    is_repeat: bool = False  # the same amount of the same payment once more


class ReversalBody(Model):
    """That a payment bounced, or was entered by mistake: all of it is taken back."""

    reason: ReversalReason
    reversed_on: date | None = None  # the merchant's day; none: just now


class ShownGivenBack(Model):
    """Money that was given back."""

    refund_id: str
    amount_minor: int
    given_at: Instant


class EnteredPayment(Model):
    """A payment as it was entered, with all that was said of it; its booking follows at once."""

    payment_id: str
    gateway: str
    account: str
    method: EntryMethod
    amount: Money
    received_at: Instant
    reference: str | None
    order_id: str | None
    invoice_number: str | None
    given_back: tuple[ShownGivenBack, ...]
    left_minor: int  # what may still be given back
    reversed_at: Instant | None
    reversal_reason: ReversalReason | None


def shown(entry: PaymentEntry) -> EnteredPayment:
    """Return a payment as the API shows it."""
    reversal = entry.reversal
    return EnteredPayment(
        payment_id=entry.payment_id,
        gateway=MANUAL,
        account=entry.account,
        method=entry.method,
        amount=Money(amount_minor=entry.amount.amount_minor, currency=entry.amount.currency),
        received_at=entry.received_at,
        reference=entry.reference,
        order_id=entry.order_id,
        invoice_number=entry.invoice_number,
        given_back=tuple(
            ShownGivenBack(
                refund_id=one.refund_id, amount_minor=one.amount_minor, given_at=one.given_at
            )
            for one in entry.given_back
        ),
        left_minor=entry.left_minor,
        reversed_at=reversal.reversed_at if reversal else None,
        reversal_reason=reversal.reason if reversal else None,
    )


def received_at(body: PaymentBody, now: datetime, time_zone: str) -> datetime:
    """Return when a payment came in, to the second; of a day alone, the instant it began.

    Raises InvalidRequest for what is still to come, and for what is too long ago.
    """
    at, today = body.received_at or now, day_of(now, time_zone)
    name = "received_at" if body.received_on is None else "received_on"
    day = body.received_on or at.date()
    if at > now or (body.received_on and day > today):
        raise InvalidRequest(f"{name}: is still to come")
    if day < today - AGE_MAX:
        raise InvalidRequest(f"{name}: is more than two years ago")
    if body.received_on is not None:
        at = Period.of(body.received_on, time_zone).starts_at
    return at.replace(microsecond=0)


def occurred_at(
    field: str, day: date | None, entry: PaymentEntry, clock: tuple[datetime, str]
) -> datetime:
    """Return when something became of a payment afterwards, always later than it came in.

    `clock` is now, and the merchant's time zone. Raises InvalidRequest, naming the field, for a day
    that is still to come, or before the payment's own.
    """
    (now, time_zone), earliest = clock, first_reversal(entry)
    today = day_of(now, time_zone)
    if day is None or day == today:
        return max(now.replace(microsecond=0), earliest)
    if day > today:
        raise InvalidRequest(f"{field}: is still to come")
    if day < day_of(entry.received_at, time_zone):
        raise InvalidRequest(f"{field}: the payment came in later")
    return max(Period.of(day, time_zone).starts_at, earliest)


def digest(body: Model) -> str:
    """Return what a body says, hashed; that it is no repetition says nothing of the payment."""
    fields = body.model_dump(mode="json", exclude={"is_repeat", "entry_id"}, exclude_none=True)
    return _hashed(fields)


def likeness(body: PaymentBody, day: date) -> str:
    """Return what likely duplicates have in common: account, reference, amount and local day."""
    alike = (body.account, body.reference, body.amount_minor, body.currency, day.isoformat())
    return _hashed(alike)


def named_id(prefix: str, *name: str) -> str:
    """Return the id of what has a name; the same name has the same id for ever."""
    return f"{prefix}_{_hashed(name)[:24]}"


def _hashed(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
