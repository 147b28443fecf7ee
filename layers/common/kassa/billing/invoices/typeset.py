"""Typeset the simple invoice of a capture: its record becomes a PDF/A-3, always the same bytes.

There are two layouts, and an invoice says its own. The plain one is that of a merchant who saved no
profile; it and its fonts stay as they are, for what was issued with them must be typeset again as
it was. Of all others it is that of all documents (`billing.typeset`), with the seller's look; it
says what the plain one says, and no tax.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.invoices.invoice import Invoice, InvoiceLine
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.typeset.engine import Typesetter, typesetter
from kassa.billing.typeset.texts import language_of, texts_of
from kassa.core.money_texts import printed
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Buyer

LAYOUTS = Path(__file__).with_name("layouts")
FONT_PACKAGES = ("fontpkg_source_sans_3", "pylopdf_fonts_jp")
BRANDED = 2  # the layout's number, on the invoice
_REFERENCE_MAX, _TEXT_MAX = 100, 300  # characters of a gateway's words that a document takes
_UNSAID = Tax(category=TaxCategory.OUT_OF_SCOPE)  # prints nothing where no line says its tax


def typeset(invoice: Invoice) -> bytes:
    """Return the invoice's document; its date is the invoice's, so its bytes never change."""
    return _typesetter().pdf("invoice.typ", _inputs(invoice), invoice.issued_on)


def _typesetter() -> Typesetter:
    return typesetter(LAYOUTS, FONT_PACKAGES)


def _inputs(invoice: Invoice) -> dict[str, str]:
    """Return what the layout prints, as JSON; markup in it stays text."""
    return {"invoice": _typesetter().as_json(_fields(invoice))}


def _fields(invoice: Invoice) -> dict[str, Any]:
    lines = [
        {
            "description": line.description,
            "quantity": str(line.quantity),
            "unit_price": printed(line.unit_price) if line.unit_price else "",
            "amount": printed(line.amount),
        }
        for line in invoice.lines
    ]
    return {
        "number": invoice.number_printed,
        "language": invoice.language,
        "issued_on": invoice.issued_on.isoformat(),
        "paid_on": invoice.paid_on.isoformat(),
        "merchant": invoice.merchant.name or invoice.merchant.merchant_id,
        "address": list(invoice.merchant.address),
        "tax_id": invoice.merchant.tax_id,
        "order_id": invoice.order_id or "",
        "customer_id": invoice.customer_id or "",
        "payment_id": invoice.payment_id,
        "method": invoice.method or "",
        "lines": lines,
        "total": printed(invoice.total),
        "currency": invoice.total.currency,
    }


def branded(invoice: Invoice, seller: SellerProfile, language: str | None) -> Invoice:
    """Return a capture's invoice in the layout of all documents, in any of their languages."""
    tag = language_of((language or invoice.merchant.language).replace("_", "-"))
    labels = texts_of(tag)["labels"]
    named = f"{labels['payment_id']} {invoice.payment_id}"
    if invoice.order_id:
        named = f"{labels['order']} {invoice.order_id}"
    line = invoice.lines[0].model_copy(update={"description": named})
    update = {"layout": BRANDED, "seller_version": seller.version}
    return invoice.model_copy(update=update | {"language": tag, "lines": (line,)})


def captured_document(invoice: Invoice, seller: SellerProfile, buyer: Buyer | None) -> Document:
    """Return what an invoice in that layout prints; what a gateway said at length is cut off."""
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
