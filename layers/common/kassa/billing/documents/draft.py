"""A draft: all that a document is to say, before it is worked out and numbered."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from kassa.billing.documents.kinds import DocumentKind as DocumentKind
from kassa.billing.documents.lines import Adjustment, Line, Minor
from kassa.core.model import Model, Text
from kassa.core.tax import Percent, TaxCategory
from kassa.customers.parties import BankAccount, LanguageTag, Party

LINES_MAX = 500
Reference = Annotated[str, Field(min_length=1, max_length=100)]


class Rounding(StrEnum):
    """How the tax of a rate is rounded to minor units."""

    HALF_UP = "half_up"
    DOWN = "down"  # as most shops in Japan do; a law that leaves it open lets the seller choose


class Preceding(Model):
    """The document that a credit note gives back of (BG-3)."""

    number: Reference
    issued_on: date


class SettledTax(Model):
    """The tax of a rate that isn't rounded anew: a last credit note takes what is left of it."""

    category: TaxCategory
    rate: Percent
    tax_minor: Minor

    @property
    def group(self) -> tuple[TaxCategory, Decimal]:
        """Return whose tax it is: one row of the tax breakdown."""
        return self.category, self.rate.normalize() + 0


class Draft(Model):
    """What is invoiced or given back, to whom, and by when it is to be paid.

    Amounts are in minor units of `currency`. Where `prices_include_tax`, prices and amounts of
    adjustments include it, and what is paid is their sum, to the minor unit.
    """

    kind: DocumentKind = DocumentKind.INVOICE
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
    prices_include_tax: bool = False
    rounding: Rounding = Rounding.HALF_UP
    seller: Party
    buyer: Party | None = None  # none: a consumer who didn't say
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    adjustments: Annotated[tuple[Adjustment, ...], Field(max_length=20)] = ()
    settled_taxes: Annotated[tuple[SettledTax, ...], Field(max_length=20)] = ()
    prepaid_minor: Minor = 0  # of what is to be paid, that came before (BT-113)
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=2)]
    issued_on: date
    due_on: date | None = None
    paid_on: date | None = None  # of what was paid before it was issued, where it says so
    payment_id: Reference | None = None  # its gateway's
    delivered_on: date | None = None  # BT-72
    period: tuple[date, date] | None = None  # BG-14, first and last day
    preceding: Preceding | None = None
    order_id: Reference | None = None  # the shop's
    buyer_reference: Reference | None = None  # BT-10: Leitweg-ID, cost centre
    purchase_order: Reference | None = None  # BT-13
    payment_terms: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    remittance: Reference | None = None  # BT-83: what a payer writes on a transfer
    payment_url: Annotated[str, Field(max_length=500)] | None = None  # where it is paid online
    bank_accounts: Annotated[tuple[BankAccount, ...], Field(max_length=3)] = ()
    note: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    reason: Text | None = None  # why something is given back

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse what no document can say."""
        if self.kind is DocumentKind.CREDIT_NOTE and self.preceding is None:
            raise ValueError("a credit note names the document it gives back of: preceding")
        if self.due_on is not None and self.due_on < self.issued_on:
            raise ValueError("due_on lies before issued_on")
        if self.period is not None and self.period[1] < self.period[0]:
            raise ValueError("period ends before it begins")
        return self
