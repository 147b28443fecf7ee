"""Take an order: to its checkout at once, or by its invoice, where it is paid later."""

from kassa.billing.numbering.store import issued
from kassa.billing.orders.issue_order_invoice import issue_order_invoice
from kassa.billing.orders.order_draft import says_tax, sent_draft
from kassa.checkout.open_checkout import open_checkout
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.customers.parties import Buyer
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.orders.views import ShownCheckout, shown_checkout
from kassa.platform.clock import TimeLeft


def submit_order(
    order: Order,
    buyer: Buyer | None,
    merchant: Merchant,
    time_left_s: TimeLeft,
) -> ShownCheckout:
    """Return where to send the customer of an order: to its checkout, or by its invoice's link.

    Raises as `open_checkout` and `issue_order_invoice`.
    """
    orders = Orders(merchant.merchant_id)
    if order.pay_by is None:
        return open_checkout(order, orders, time_left_s)
    if not says_tax(order):
        raise InvalidRequest("pay_by: an order is invoiced once each of its lines says its tax")
    draft = sent_draft(order, buyer)
    item = issue_order_invoice(order, draft, merchant, time_left_s)
    shown = shown_checkout(orders.named(order.order_id).lifecycle)
    number = issued(item).number_printed
    return shown.model_copy(update={"url": item["payment_url"], "invoice_number": number})
