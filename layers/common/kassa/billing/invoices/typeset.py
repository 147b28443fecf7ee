"""Typeset the plain invoice of a capture: its record becomes a PDF/A-3, always the same bytes.

Its layout and its fonts stay as they are, for what was issued with them must be typeset again as
it was. It is that of a merchant who saved no profile; all others' is `billing.typeset`'s.
"""

from pathlib import Path
from typing import Any

from kassa.billing.invoices.invoice import Invoice
from kassa.billing.typeset.engine import Typesetter, typesetter
from kassa.core.money_texts import printed

LAYOUTS = Path(__file__).with_name("layouts")
FONT_PACKAGES = ("fontpkg_source_sans_3", "pylopdf_fonts_jp")


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
