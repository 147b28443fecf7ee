"""What an order says of a sale, worked out: its invoice, with its buyer and the tax in its lines.

An order that doesn't say how all of it is taxed has an invoice that states the capture alone.
"""

from typing import NamedTuple

from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.invoices.invoice import Invoice, InvoiceLine
from kassa.billing.numbering.statement import tax_sums
from kassa.billing.orders.order_draft import InvoiceDetails, draft_of, says_tax
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.typeset.texts import texts_of
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.customers.parties import Buyer
from kassa.orders.order import Order


class Sold(NamedTuple):
    """What was sold or given back, worked out, and the seller whose documents say so."""

    document: Document
    seller: SellerProfile


def is_taxed(order: Order | None, merchant: Merchant, paid: Money) -> bool:
    """Tell whether an order says all that an invoice with tax needs; its payment paid all of it."""
    if order is None or not merchant.country or order.amount != paid:
        return False
    return says_tax(order)


def sale_of(
    order: Order, invoice: Invoice, seller: SellerProfile, buyer: Buyer | None, language: str
) -> Document:
    """Return the invoice of a taxed order, worked out; it was paid before it was issued."""
    details = InvoiceDetails(invoice.issued_on, invoice.paid_on, language, _discount(language))
    return worked_out(draft_of(order, seller, buyer, details))


def with_sale(invoice: Invoice, document: Document) -> Invoice:
    """Return an invoice with what a sale comes to: its lines, and the tax of each rate."""
    draft = document.draft
    lines = tuple(
        InvoiceLine(
            description=one.line.name,
            quantity=int(one.line.quantity),
            amount=Money(amount_minor=one.entered_minor, currency=draft.currency),
        )
        for one in document.lines
    )
    update = {"lines": lines, "taxes": tax_sums(document), "language": draft.languages[0]}
    return invoice.model_copy(update=update)


def _discount(language: str) -> str:
    label: str = texts_of(language)["labels"]["discount"]
    return label
