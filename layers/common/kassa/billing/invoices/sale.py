"""What an order says of a sale: the draft of its invoice, with its buyer and the tax in its lines.

Only an order whose every line says how it is taxed says it all; another's invoice states the
capture alone. Prices of orders include tax, so the invoice comes to what was paid.
"""

from decimal import Decimal
from typing import NamedTuple

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import PIECE, Adjustment, Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.invoices.invoice import Invoice, InvoiceLine
from kassa.billing.numbering.statement import tax_sums
from kassa.billing.seller.profile import ProfileName, SellerProfile
from kassa.billing.typeset.texts import texts_of
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.customers.parties import Buyer
from kassa.gateways.submissions import OrderLine
from kassa.orders.order import Order


class Sold(NamedTuple):
    """What was sold or given back, worked out, and the seller whose documents say so."""

    document: Document
    seller: SellerProfile


def is_taxed(order: Order | None, merchant: Merchant, paid: Money) -> bool:
    """Tell whether an order says all that an invoice with tax needs; its payment paid all of it."""
    if order is None or not merchant.country or order.amount != paid:
        return False
    return bool(order.lines) and all(line.tax for line in order.lines)


def sale_of(
    order: Order, invoice: Invoice, seller: SellerProfile, buyer: Buyer | None, language: str
) -> Document:
    """Return the invoice of a taxed order, worked out; it was paid before it was issued.

    Kassa isn't told when it was delivered: that is said to be the day on which it was paid, and
    where a profile asks for a period, it is that day.
    """
    day = invoice.paid_on
    draft = Draft(
        currency=order.currency,
        prices_include_tax=True,
        rounding=seller.rounding,
        seller=seller.party,
        buyer=buyer.party if buyer else None,
        lines=tuple(_line(line, language) for line in order.lines),
        prepaid_minor=order.amount_minor,
        languages=(language,),
        issued_on=invoice.issued_on,
        delivered_on=day,
        period=(day, day) if seller.profile_name is ProfileName.JP_PINT else None,
        order_id=order.order_id,
        buyer_reference=buyer.reference if buyer else None,
        purchase_order=buyer.purchase_order if buyer else None,
        bank_accounts=seller.bank_accounts,
        note=seller.note,
    )
    return worked_out(draft)


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
    said: str = texts_of(language)["labels"]["discount"]
    return said


def _line(line: OrderLine, language: str) -> Line:
    assert line.tax is not None, "every line of a taxed order says its tax"
    discount_minor = line.discount_minor or 0
    off = Adjustment(amount_minor=discount_minor, reason=_discount(language))
    whole_minor = line.amount_minor + discount_minor
    each_minor, rest = divmod(whole_minor, line.quantity)
    return Line(
        name=line.name,
        quantity=Decimal(line.quantity),
        unit=line.unit or PIECE,
        unit_price_minor=whole_minor if rest else each_minor,
        price_quantity=Decimal(line.quantity if rest else 1),
        adjustments=(off,) if discount_minor else (),
        tax=line.tax,
        product_id=line.sku,
    )
