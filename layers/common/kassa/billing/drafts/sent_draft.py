"""An invoice as a shop asks for it.

Who sells, and what all documents of the seller say, isn't sent but saved. Who buys is kept with the
customer and in documents alone; what is stored of a draft has no buyer in it.
"""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, StrictInt, ValidationInfo, field_validator, model_validator

from kassa.billing.documents.draft import LINES_MAX, Reference
from kassa.billing.documents.lines import Adjustment, PricedLine
from kassa.billing.seller.profile import ProfileName
from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.core.money import EVERY_CURRENCY
from kassa.core.tax import Tax, TaxClass, require_taxed_once, with_known_taxes
from kassa.customers.parties import LanguageTag, SentBuyer
from kassa.gateways.submissions import PaymentMethod
from kassa.orders.order import WebAddress

_ShopId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$")]
_CustomerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$")]  # no mail


class LinkTerms(Model):
    """Where a customer goes who pays by the link on the invoice, and how they may pay."""

    success_url: WebAddress
    cancel_url: WebAddress
    method: PaymentMethod | None = None  # none: the customer chooses at the checkout
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None  # ISO 3166-1


class DraftLine(PricedLine):
    """One thing that is sold: how it is taxed, or of which class of the merchant's rates it is."""

    tax_class: TaxClass | None = None
    tax: Annotated[Tax | None, Field(validate_default=True)] = None  # of a class: what it came to

    @field_validator("tax")
    @classmethod
    def _is_taxed(cls, tax: Tax | None, known: ValidationInfo) -> Tax | None:
        """Refuse a line that says nothing of tax."""
        if tax is None and known.data.get("tax_class") is None:
            raise ValueError("is missing: say how the line is taxed, or its tax_class")
        return tax


class DraftContent(Model):
    """What is stored of a draft; the same one is invoiced once."""

    draft_id: _ShopId | None = None  # the shop's own
    order_id: _ShopId | None = None  # of the order that it invoices, instead
    customer_id: _CustomerId | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
    prices_include_tax: bool = False
    lines: Annotated[tuple[DraftLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    adjustments: Annotated[tuple[Adjustment, ...], Field(max_length=20)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=2)] = ()  # none: the merchant's
    due_on: date | None = None
    payment_terms_days: Annotated[StrictInt, Field(ge=0, le=365)] | None = None  # instead of due_on
    delivered_on: date | None = None
    period: tuple[date, date] | None = None  # first and last day
    payment_terms: Annotated[str, Field(min_length=1, max_length=500)] | None = None  # in words
    remittance: Reference | None = None  # what a payer writes on a transfer
    note: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    payment_link: LinkTerms | None = None  # then an order of the same amount is kept too
    profile: ProfileName | None = None  # of an electronic invoice: refused what can't be one

    @property
    def sale_id(self) -> str:
        """Return what names the sale: the order, or else the draft, which no order is named as."""
        return self.order_id or f"draft/{self.draft_id}"

    @property
    def buyer_id(self) -> str:
        """Return under which customer's id its buyer stands; a guest's is the sale's."""
        return self.customer_id or f"order:{self.sale_id}"

    def due_from(self, issued_on: date, terms_days: int) -> date:
        """Return by when it is to be paid; `terms_days` are the seller's.

        Raises InvalidRequest where that lies before the day of its issue.
        """
        days = terms_days if self.payment_terms_days is None else self.payment_terms_days
        due_on = self.due_on or issued_on + timedelta(days=days)
        if due_on < issued_on:
            raise InvalidRequest(f"due_on: lies before the day of its issue, {issued_on}")
        return due_on


class SentDraft(DraftContent):
    """A draft as it comes in, with who buys."""

    buyer: SentBuyer | None = None

    @property
    def content(self) -> DraftContent:
        """Return what of it is stored."""
        fields = {name: getattr(self, name) for name in DraftContent.model_fields}
        return DraftContent.model_construct(**fields)

    def content_beside(self, was: DraftContent) -> DraftContent:
        """Return the same, with what its classes of tax came to when it was sent before."""
        lines = with_known_taxes(self.lines, was.lines)
        return self.content.model_copy(update={"lines": lines})

    @field_validator("lines")
    @classmethod
    def _are_taxed_once(cls, lines: tuple[DraftLine, ...]) -> tuple[DraftLine, ...]:
        """Refuse a line that says both how it is taxed and of which class it is."""
        require_taxed_once(lines)
        return lines

    @field_validator("currency")
    @classmethod
    def _exists(cls, currency: str) -> str:
        """Refuse a misspelt currency."""
        if currency not in EVERY_CURRENCY:
            raise ValueError("is no currency of ISO 4217, such as EUR")
        return currency

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse what names no sale, or two, of which only one leads to its number."""
        if (self.draft_id is None) == (self.order_id is None):
            raise ValueError("draft_id: say which one it is, or else give an order_id")
        if self.payment_link is not None and self.order_id is None:
            raise ValueError("payment_link: give the order_id under which it is paid")
        if self.due_on is not None and self.payment_terms_days is not None:
            raise ValueError("due_on: give either due_on or payment_terms_days")
        if self.period is not None and self.period[1] < self.period[0]:
            raise ValueError("period: ends before it begins")
        return self


OF_ORDER = "of_order"  # on an invoice's item: its draft was one


class OrderDraft(SentDraft):
    """The draft of an order that is paid later: the order is its shop's, and isn't made of it."""
