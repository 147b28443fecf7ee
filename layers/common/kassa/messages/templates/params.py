"""What messages to customers must be told: one model a message; `catalog` has all, by name.

Every field is at once what the message's texts may name (`{{ amount }}`), filled in as the reader's
language and time zone write it. `rows` are the fields that the mail repeats as a table, and
`variant` says which of several texts a message has.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StrictInt, model_validator

from kassa.core.model import Instant, Model
from kassa.core.money import Money, Sums
from kassa.gateways.declines import DeclineAction, DeclineReason
from kassa.messages.templates.parts import (
    BankDetails,
    Day,
    HttpsLink,
    Line,
    OpenInvoice,
)

Tone = Annotated[StrictInt, Field(ge=1, le=4)]
"""How firmly somebody is reminded: 1 in passing, 4 for the last time."""


class Params(Model):
    """What every message may be told beside its own: to whom, and how they end it."""

    rows: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[Mapping[str, str]] = {}  # of rows that aren't called as their field is
    for_staff: ClassVar[bool] = False

    recipient_name: Line | None = None  # of the person; without it nobody is named
    unsubscribe_link: HttpsLink | None = None  # stands in the footer

    @property
    def variant(self) -> str | None:
        """Return which of the message's texts is meant; nothing where it has one."""
        return None

    @property
    def button_link(self) -> str | None:
        """Return where the message's button leads."""
        link: str | None = getattr(self, "link", None)
        return link

    @property
    def transfers(self) -> tuple[BankDetails, ...]:
        """Return where a transfer may go, while something is to be paid."""
        accounts: tuple[BankDetails, ...] = getattr(self, "bank_accounts", ())
        return accounts


class PaymentLink(Params):
    """Where an order or an invoice can be paid."""

    rows = ("reference", "amount", "expires_at")

    reference: Line  # the order or the invoice
    amount: Money
    link: HttpsLink
    expires_at: Instant | None = None


class Receipt(Params):
    """A payment arrived."""

    rows = ("document_number", "reference", "paid_on", "method", "amount")

    amount: Money
    reference: Line  # the order or the invoice
    paid_on: Day
    document_number: Line | None = None  # of the receipt
    method: Line | None = None  # Visa •••• 4242
    link: HttpsLink | None = None  # to the document
    is_attached: bool = False  # the document, to this mail


class Invoice(Params):
    """An invoice: one that is paid already says so, any other how it is paid."""

    rows = ("number", "order_id", "issued_on", "amount", "paid_on", "amount_due", "due_on")

    number: Line
    amount: Money  # in all
    issued_on: Day
    order_id: Line | None = None
    paid_on: Day | None = None  # in full
    amount_due: Money | None = None
    due_on: Day | None = None
    link: HttpsLink | None = None  # where it is paid
    document_link: HttpsLink | None = None
    is_attached: bool = False
    bank_accounts: Annotated[tuple[BankDetails, ...], Field(max_length=3)] = ()

    @model_validator(mode="after")
    def _paid_or_to_be_paid(self) -> "Invoice":
        is_to_be_paid = self.amount_due is not None and self.due_on is not None
        if (self.paid_on is None) != is_to_be_paid:
            raise ValueError("an invoice is paid (paid_on), or has amount_due and due_on")
        return self

    @property
    def variant(self) -> str:
        """Return whether it is paid."""
        return "paid" if self.paid_on else "due"

    @property
    def button_link(self) -> str | None:
        """Return where it is paid; of one that is paid, where it can be read."""
        return self.document_link if self.paid_on else self.link

    @property
    def transfers(self) -> tuple[BankDetails, ...]:
        """Return where a transfer may go; nowhere once it is paid."""
        return () if self.paid_on else self.bank_accounts


class CreditNote(Params):
    """Less is owed than an invoice said."""

    rows = ("number", "invoice_number", "issued_on", "amount")

    number: Line
    invoice_number: Line
    amount: Money
    issued_on: Day
    is_paid_back: bool  # else it lessens what is still to be paid
    link: HttpsLink | None = None  # to the document
    is_attached: bool = False


class PaymentFailed(Params):
    """A payment wasn't made, and what whoever pays can do."""

    rows = ("reference", "amount", "method")

    amount: Money
    reference: Line
    reason: DeclineReason = DeclineReason.UNKNOWN
    action: DeclineAction = DeclineAction.TRY_OTHER_METHOD
    method: Line | None = None
    link: HttpsLink | None = None  # where it can be paid again


class OpenInvoices(Params):
    """One message for all invoices of a customer that are meant."""

    invoices: Annotated[tuple[OpenInvoice, ...], Field(min_length=1, max_length=100)]
    tone: Tone
    link: HttpsLink | None = None  # where all are paid at once
    bank_accounts: Annotated[tuple[BankDetails, ...], Field(max_length=3)] = ()

    @property
    def extras(self) -> dict[str, Money]:
        """Return what is to be paid beside the invoices, by its label."""
        return {}

    @property
    def totals(self) -> tuple[Money, ...]:
        """Return what is to be paid in each currency."""
        amounts = [*(one.open for one in self.invoices), *self.extras.values()]
        sums = Sums(amounts)
        currencies = dict.fromkeys(one.currency for one in amounts)
        return tuple(Money(amount_minor=sums.of(one), currency=one) for one in currencies)

    @property
    def variant(self) -> str:
        """Return the text of its tone."""
        return f"tone_{self.tone}"


class Reminder(OpenInvoices):
    """Invoices that are due soon, or today (from tone 2 on)."""

    @property
    def variant(self) -> str:
        """Return the text of its tone; there is no firmness before a day has passed."""
        return f"tone_{min(self.tone, 2)}"


class Overdue(OpenInvoices):
    """Invoices whose day has passed."""

    rows = ("pay_by",)

    pay_by: Day  # what is asked for
    late_fee: Money | None = None  # beside what the invoices say
    interest: Money | None = None

    @property
    def extras(self) -> dict[str, Money]:
        """Return a late fee and interest, where they are asked for."""
        both = {"late_fee": self.late_fee, "interest": self.interest}
        return {name: amount for name, amount in both.items() if amount is not None}


class CheckoutAbandoned(Params):
    """A basket that was left; sent with consent alone."""

    rows = ("amount", "expires_at")

    amount: Money
    items: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    link: HttpsLink
    expires_at: Instant | None = None


class CardExpiring(Params):
    """A card that is to be charged ends soon."""

    rows = ("card", "last_day")
    labels = {"last_day": "valid_until"}

    card: Line  # Visa •••• 4242
    last_day: Day  # on which it can be used
    link: HttpsLink | None = None  # where it is changed


class SignInCode(Params):
    """A code, or a link, that lets somebody in once."""

    code: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,12}$")]
    valid_minutes: Annotated[StrictInt, Field(ge=1, le=60)]
    link: HttpsLink | None = None
