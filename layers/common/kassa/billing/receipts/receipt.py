"""What a receipt says: which payment of which invoice came in, when, and how much it was.

It states no tax: that is its invoice's to state, which it names.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from kassa.billing.documents.draft import Draft, Preceding
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.receivables.receivable import CREDIT, Entry, EntryKind, Receivable
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.typeset.texts import language_of, texts_of
from kassa.core.model import Model
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Buyer, LanguageTag

_UNSAID = Tax(category=TaxCategory.OUT_OF_SCOPE)  # prints nothing where no line says its tax


class ReceiptContent(Model):
    """All that a receipt says, but for who paid: what is kept of it, and what its digest is of."""

    invoice_number: str
    invoice_issued_on: date
    order_id: str | None = None
    payment: str | None = None  # gateway/account/payment_id
    paid_on: date
    currency: str
    minor: int
    languages: tuple[LanguageTag, ...]
    seller_version: int


def content_fields(content: ReceiptContent) -> dict[str, Any]:
    """Return what a receipt says as its record holds it."""
    return content.model_dump(mode="json", exclude_none=True)


class Paid(NamedTuple):
    """A payment of an invoice, and what it is named where that is known."""

    entry: Entry
    payment: str | None  # gateway/account/payment_id

    @property
    def payment_id(self) -> str | None:
        """Return the payment as its gateway names it."""
        return self.payment.split("/", 2)[-1] if self.payment else None


def source_of(invoice_number: str, entry: Entry) -> str:
    """Return the source of a receipt's number: a payment of an invoice has one, for good."""
    return f"receipt:{invoice_number}:{entry.source_id}"


def standing_payments(receivable: Receivable, own: str | None) -> Iterator[Paid]:
    """Yield the payments that settled an invoice and weren't taken back, in part or whole.

    `own` is the payment of the capture that it was issued for, which its entry doesn't name.
    """
    gone = {one.payment for one in receivable.entries if one.kind is EntryKind.REVERSED}
    for entry in receivable.entries:
        payment = entry.payment or own
        is_payment = entry.kind is EntryKind.SETTLED and not entry.source_id.startswith(CREDIT)
        if is_payment and entry.minor and payment not in gone:
            yield Paid(entry, payment)


def receipt_of(
    content: ReceiptContent, seller: SellerProfile, buyer: Buyer | None, issued_on: date
) -> Document:
    """Return a receipt, worked out."""
    titles = texts_of(language_of(content.languages[0]))["titles"]
    payment_id = content.payment.split("/", 2)[-1] if content.payment else None
    line = Line(
        name=f"{titles['invoice']} {content.invoice_number}",
        unit_price_minor=content.minor,
        tax=_UNSAID,
    )
    known: dict[str, Any] = {"order_id": content.order_id[:100] if content.order_id else None}
    return worked_out(
        Draft(
            kind=DocumentKind.RECEIPT,
            currency=content.currency,
            prices_include_tax=True,
            seller=seller.party,
            buyer=buyer.party if buyer else None,
            lines=(line,),
            prepaid_minor=content.minor,
            languages=content.languages,
            issued_on=issued_on,
            paid_on=content.paid_on,
            payment_id=payment_id[:100] if payment_id else None,
            preceding=Preceding(number=content.invoice_number, issued_on=content.invoice_issued_on),
            **known,
        )
    )
