"""A capture's invoice in the layout of all documents: with its seller's logo, colours and texts.

It says what the plain one says, and no tax. The layout is part of what an invoice says, so that one
which was issued plain is made again plain, byte for byte.
"""

from decimal import Decimal

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.invoices.invoice import Invoice, InvoiceLine
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.typeset.texts import language_of, texts_of
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Buyer

BRANDED = 2  # the layout's number, on the invoice
_REFERENCE_MAX, _TEXT_MAX = 100, 300  # characters of a gateway's words that a document takes
_UNSAID = Tax(category=TaxCategory.OUT_OF_SCOPE)  # prints nothing where no line says its tax


def branded(invoice: Invoice, seller: SellerProfile, language: str | None) -> Invoice:
    """Return a capture's invoice in this layout, in any language that documents have."""
    tag = language_of((language or invoice.merchant.language).replace("_", "-"))
    labels = texts_of(tag)["labels"]
    named = f"{labels['payment_id']} {invoice.payment_id}"
    if invoice.order_id:
        named = f"{labels['order']} {invoice.order_id}"
    line = invoice.lines[0].model_copy(update={"description": named})
    update = {"layout": BRANDED, "seller_version": seller.version}
    return invoice.model_copy(update=update | {"language": tag, "lines": (line,)})


def document_of(invoice: Invoice, seller: SellerProfile, buyer: Buyer | None) -> Document:
    """Return what such an invoice prints; what a gateway said at length is cut off."""
    return worked_out(
        Draft(
            currency=invoice.total.currency,
            prices_include_tax=True,
            seller=seller.party,
            buyer=buyer.party if buyer else None,
            lines=tuple(map(_line, invoice.lines)),
            prepaid_minor=invoice.total.amount_minor,
            languages=(invoice.language,),
            issued_on=invoice.issued_on,
            paid_on=invoice.paid_on,
            payment_id=invoice.payment_id[:_REFERENCE_MAX],
            order_id=invoice.order_id[:_REFERENCE_MAX] if invoice.order_id else None,
            note=seller.note,
        )
    )


def _line(line: InvoiceLine) -> Line:
    """Return a line as documents have it; what has no price for each has one for all of them."""
    each, quantity = line.unit_price, Decimal(line.quantity)
    return Line(
        name=line.description[:_TEXT_MAX],
        quantity=quantity,
        unit_price_minor=(each or line.amount).amount_minor,
        price_quantity=Decimal(1) if each else quantity,
        tax=_UNSAID,
    )
