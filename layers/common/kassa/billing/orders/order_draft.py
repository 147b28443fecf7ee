"""The draft of an order's invoice: its buyer, and the tax in its lines.

Only an order whose every line says how it is taxed says it all. Prices of orders include tax, so
the invoice comes to what is paid.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import PIECE, Adjustment, Line
from kassa.billing.drafts.sent_draft import DraftLine, LinkTerms, OrderDraft
from kassa.billing.seller.profile import ProfileName, SellerProfile
from kassa.customers.parties import Buyer
from kassa.gateways.submissions import OrderLine
from kassa.orders.order import Order

_FALLBACK, _DISCOUNT = "en", "Discount"
_DISCOUNTS = {"fi": "Alennus", "ja": "値引", "ru": "Скидка", "th": "ส่วนลด", "zh-Hant": "折扣"}


class InvoiceDetails(NamedTuple):
    """What an invoice of an order says beside the order: in a language, and on its days."""

    issued_on: date
    paid_on: date
    language: str
    discount: str  # what a discount is called in it


def says_tax(order: Order) -> bool:
    """Tell whether every line of an order says how it is taxed."""
    return bool(order.lines) and all(line.tax for line in order.lines)


def draft_of(
    order: Order, seller: SellerProfile, buyer: Buyer | None, details: InvoiceDetails
) -> Draft:
    """Return the invoice of an order that says its tax; it was paid before it was issued.

    Kassa isn't told when it was delivered: that is said to be the day on which it was paid, and
    where a profile asks for a period, it is that day.
    """
    day = details.paid_on
    return Draft(
        currency=order.currency,
        prices_include_tax=True,
        rounding=seller.rounding,
        seller=seller.party,
        buyer=buyer.party if buyer else None,
        lines=tuple(_line(line, details.discount) for line in order.lines),
        prepaid_minor=order.amount_minor,
        languages=(details.language,),
        issued_on=details.issued_on,
        delivered_on=day,
        period=(day, day) if seller.profile_name is ProfileName.JP_PINT else None,
        order_id=order.order_id,
        buyer_reference=buyer.reference if buyer else None,
        purchase_order=buyer.purchase_order if buyer else None,
        bank_accounts=seller.bank_accounts,
        note=seller.note,
    )


def sent_draft(order: Order, buyer: Buyer | None) -> OrderDraft:
    """Return the draft by which an order is invoiced that is paid later."""
    language = order.language or _FALLBACK
    discount = _DISCOUNTS.get(language, _DISCOUNT)
    lines = (_line(line, discount) for line in order.lines)
    link = LinkTerms(
        success_url=order.success_url,
        cancel_url=order.cancel_url,
        method=order.method,
        country=order.country,
    )
    return OrderDraft(
        order_id=order.order_id,
        customer_id=order.customer_id,
        currency=order.currency,
        prices_include_tax=True,
        lines=tuple(DraftLine(**dict(line)) for line in lines),
        languages=(language,) if order.language else (),
        due_on=order.pay_by,
        payment_link=link,
        buyer=buyer,
    )


def _line(line: OrderLine, discount: str) -> Line:
    assert line.tax is not None, "every line of a taxed order says its tax"
    discount_minor = line.discount_minor or 0
    off = Adjustment(amount_minor=discount_minor, reason=discount)
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
