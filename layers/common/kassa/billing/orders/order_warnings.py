"""What an order's electronic invoice will lack, by the order's own fields; it is sold all the same.

The rules are those of invoices, held to the invoice that the order will have.
"""

from collections.abc import Iterator
from datetime import date

from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.checks import problems
from kassa.billing.einvoice.profiles import PROFILES
from kassa.billing.orders.order_draft import InvoiceDetails, draft_of, says_tax
from kassa.billing.seller.profile import SellerProfile
from kassa.customers.parties import Buyer
from kassa.orders.order import Order
from kassa.orders.views import OrderWarning

_FIELDS = {"buyer_reference": "buyer.reference", "purchase_order": "buyer.purchase_order"}
_FIELDS_OF_ORDERS = {"lines", "buyer", "currency"}
_NO_SELLER = OrderWarning(
    rule="KASSA-SELLER",
    field="lines",
    advice="Save who sells (PUT /seller): until then no invoice states tax.",
)


def order_warnings(
    order: Order, seller: SellerProfile | None, buyer: Buyer | None, today: date
) -> tuple[OrderWarning, ...]:
    """Return each rule that an order's invoice would break; none of an order without tax."""
    if not any(line.tax for line in order.lines):
        return ()
    if seller is None:
        return (_NO_SELLER,)
    if not says_tax(order):
        return tuple(_untaxed(order))
    details = InvoiceDetails(today, today, "en", "Discount")
    found = problems(
        worked_out(draft_of(order, seller, buyer, details)), PROFILES[seller.profile_name]
    )
    fields = ((one, _FIELDS.get(one.field, one.field)) for one in found)
    return tuple(
        OrderWarning(rule=one.rule, field=field, advice=one.advice)
        for one, field in fields
        if field.partition(".")[0] in _FIELDS_OF_ORDERS
    )


def _untaxed(order: Order) -> Iterator[OrderWarning]:
    advice = "Say how it is taxed: until every line does, the invoice states no tax."
    for at, line in enumerate(order.lines):
        if line.tax is None:
            yield OrderWarning(rule="KASSA-TAX", field=f"lines.{at}.tax", advice=advice)
