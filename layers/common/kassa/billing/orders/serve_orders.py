"""The route by which shops send orders: each gets its checkout, and what its invoice will lack."""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.billing.orders.order_warnings import order_warnings
from kassa.billing.orders.submit_order import submit_order
from kassa.billing.seller.profile import SellerProfile, named_by, seller_by_settings
from kassa.billing.seller.store import Sellers
from kassa.core.errors import UnreadableItem
from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.http_api.api import OK, problem
from kassa.orders.order import Order
from kassa.orders.sent_order import SentOrder
from kassa.orders.store import Orders
from kassa.orders.views import OrderWarning, ShownCheckout
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out, time_left_s
from kassa.taxes.store import SavedRates

ANSWERS = {
    409: problem("The order was sent before with other fields; `differences` shows each."),
    422: problem("No gateway opens a page for it; `left_out` says why each route isn't taken."),
    503: problem("No page now, or nobody knows of one: ask again after Retry-After seconds."),
}
_OTHER_BUYER = OrderWarning(
    rule="KASSA-BUYER",
    field="buyer",
    advice="The order was sent before with another buyer, to whom it is invoiced.",
)

routes = Router()  # type: ignore[no-untyped-call]


@routes.post(
    "/orders",
    operation_id="openCheckout",
    summary="Send an order to be paid",
    tags=["orders"],
    responses=OK | ANSWERS,
)
def post_order(order: SentOrder) -> ShownCheckout:
    """Open the payment page of an order; the same order always leads to the same page.

    `warnings` say what its electronic invoice will lack; the order is taken all the same.
    """
    left_s = time_left_s(routes.lambda_context)
    merchant = Merchant.from_settings(settings().model_dump())
    seller = _seller(order, merchant)
    merchant_id, merchant = merchant.merchant_id, named_by(merchant, seller)
    orders = Orders(merchant_id)
    content = SavedRates(merchant_id).resolved(order.content, orders, merchant)
    checkout = submit_order(content, order.buyer, merchant, left_s)
    warnings: list[OrderWarning] = []
    if order.buyer is not None:  # a request that is refused says nothing of anybody
        customers = Customers(merchant_id)
        if not customers.keep(order.buyer_id, order.order_id, order.buyer):
            warnings.append(_OTHER_BUYER)
    if seller is None and merchant.country:
        seller = seller_by_settings(merchant)
    warnings += order_warnings(content, seller, order.buyer, merchant.day_of(clock.now()))
    return checkout.model_copy(update={"warnings": tuple(warnings)})


def _seller(order: Order, merchant: Merchant) -> SellerProfile | None:
    """Return the profile that was saved, where an order says its tax; to read it stops no sale."""
    if not any(line.tax or line.tax_class for line in order.lines):
        return None
    try:
        return Sellers(merchant.merchant_id).newest()
    except UnreadableItem as error:
        leave_out(error, order_id=order.order_id)
        return None
