"""What is published of invoices and credit notes, with the postings of the accrual journal."""

from typing import Annotated, Literal

from pydantic import Field

from kassa.core.facts import FactData


class InvoiceFactData(FactData):
    """What every fact of an invoice says: which one, and what is owed of it from then on.

    `object_id` is what it came of: a capture's, a refund's or a reversal's fact, or the source that
    the document was issued for.
    """

    number: str  # the invoice's, as it is printed
    open_minor: int  # owed of it after this
    change_minor: int  # what this added to that, or took from it, below zero
    order_id: str | None = None
    customer_id: str | None = None


class InvoiceIssued(InvoiceFactData):
    """An invoice was issued; what was captured before is settled by a fact of its own."""

    fact: Literal["InvoiceIssued"] = "InvoiceIssued"


class CreditNoteIssued(InvoiceFactData):
    """A credit note lowered what is owed of its invoice."""

    fact: Literal["CreditNoteIssued"] = "CreditNoteIssued"
    credit_note: str


class InvoiceCredited(InvoiceFactData):
    """A refund lowered what was sold by an invoice that states no tax, without a credit note."""

    fact: Literal["InvoiceCredited"] = "InvoiceCredited"


class InvoiceRestored(InvoiceFactData):
    """What was given back of an invoice is sold again: its note is void, or its refund came back.

    A refund that came back restores only what it gave back without a note.
    """

    fact: Literal["InvoiceRestored"] = "InvoiceRestored"
    credit_note: str | None = None


class InvoiceSettled(InvoiceFactData):
    """A payment settled an invoice, whole or in part; or a refund that came back did."""

    fact: Literal["InvoiceSettled"] = "InvoiceSettled"


class InvoiceReopened(InvoiceFactData):
    """Money that had settled an invoice went back: a payment was taken back, or refunded."""

    fact: Literal["InvoiceReopened"] = "InvoiceReopened"


class InvoiceVoided(InvoiceFactData):
    """An invoice is void; what was paid of it is owed to the customer."""

    fact: Literal["InvoiceVoided"] = "InvoiceVoided"


class InvoiceWrittenOff(InvoiceFactData):
    """What was owed of an invoice is given up."""

    fact: Literal["InvoiceWrittenOff"] = "InvoiceWrittenOff"


class LateFeeCharged(InvoiceFactData):
    """A fee or interest was charged of what is overdue of an invoice.

    The invoice's document stays as it was issued; a reminder states what was charged.
    """

    fact: Literal["LateFeeCharged"] = "LateFeeCharged"
    charge: str  # late_fee or late_interest


class LateFeeWaived(InvoiceFactData):
    """Fees and interest that were charged of an invoice are given up, and were never owed."""

    fact: Literal["LateFeeWaived"] = "LateFeeWaived"


BillingFactData = Annotated[
    InvoiceIssued
    | CreditNoteIssued
    | InvoiceCredited
    | InvoiceRestored
    | InvoiceSettled
    | InvoiceReopened
    | InvoiceVoided
    | InvoiceWrittenOff
    | LateFeeCharged
    | LateFeeWaived,
    Field(discriminator="fact"),
]
