"""Send a customer the link by which their order is paid: written with its act, then published.

A request that is repeated within minutes is the same one: its fact is published again under the
same id, and leads to one message. The link opens a payment page when it is followed, so none need
be open now.
"""

from functools import partial

from kassa.audit.trail import Act, Actor
from kassa.billing.drafts.keep_order import keep_order_link
from kassa.billing.payment_links.check_owed import check_owed
from kassa.billing.payment_links.link_request import (
    WHY_NOT,
    is_same_request,
    link_fact,
    with_link,
)
from kassa.core.callers import Caller
from kassa.core.errors import Conflict
from kassa.customers.store import Customers
from kassa.orders import act_store
from kassa.orders.next_step import Do, next_step
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase, RequestedLink
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 1.0


def send_payment_link(
    order_id: str, merchant_id: str, caller: Caller, time_left_s: TimeLeft
) -> RequestedLink:
    """Have an order's customer sent its payment link, once for each request.

    Raises OrderNotFound, Conflict where nothing is to be paid by a link or nobody said where the
    customer is reached, StaleWrite while others keep changing the order, and NotPublished.
    """
    attempt = partial(_requested, order_id, merchant_id, caller)
    case, is_repeated = retry_on_conflict(attempt, time_left_s, RESERVE_S)
    order, sent = case.order, case.lifecycle.sent_link
    assert sent is not None, "it was just written"
    event_bus.publish([link_fact(case.order, sent, merchant_id)])
    logger.info("payment link requested", order_id=order_id, is_repeated=is_repeated)
    return RequestedLink(
        order_id=order_id,
        customer_id=order.buyer_id,
        amount=order.amount,
        url=sent.url,
        requested_at=sent.requested_at,
        is_repeated=is_repeated,
    )


def _requested(order_id: str, merchant_id: str, caller: Caller) -> tuple[OrderCase, bool]:
    """Write that the link is to be sent; return the order as it stands, and if it was before."""
    orders = Orders(merchant_id)
    case, now = orders.named(order_id), clock.now()
    _require_owed(case, merchant_id)
    _require_address(case, merchant_id)
    known = case.lifecycle.sent_link
    if is_same_request(known, now):
        return case, True
    url = known.url if known else keep_order_link(order_id, merchant_id)
    after = with_link(case.lifecycle, url, now)
    act = Act(
        operation="order.send-link",
        object_id=f"order/{order_id}",
        by=Actor.of(caller),
        before=str(case.lifecycle.version),
        after=str(after.version),
    )
    act_store.keep(orders, case.lifecycle, after, act)
    return case._replace(lifecycle=after), False


def _require_owed(case: OrderCase, merchant_id: str) -> None:
    order_id = case.order.order_id
    if notice := check_owed(case, merchant_id):
        raise Conflict(f"order {order_id} can't be paid by a link: {WHY_NOT[notice]}")
    if next_step(case.lifecycle, clock.now()) is Do.STOP:
        raise Conflict(f"order {order_id} was tried too often: send another order")


def _require_address(case: OrderCase, merchant_id: str) -> None:
    """Refuse a customer nobody can write to; whether an address works its delivery says."""
    order = case.order
    buyer = Customers(merchant_id).buyer_for(order.buyer_id, order.order_id)
    if buyer is None or not (buyer.email or buyer.phone):
        raise Conflict(
            f"buyer: order {order.order_id} says no mail address of who buys:"
            " send the same order again with buyer.email"
        )
