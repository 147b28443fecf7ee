"""A request that a customer be sent their payment link: when it is the same, and its fact."""

from datetime import datetime, timedelta

from kassa.billing.payment_links.pages import Notice
from kassa.core.facts import Fact, FactMetadata
from kassa.orders.facts import PaymentLinkRequested
from kassa.orders.lifecycle import OrderLifecycle, SentLink, changed
from kassa.orders.order import Order

SAME_WITHIN = timedelta(minutes=5)  # a click that comes again
WHY_NOT = {
    Notice.PAID: "it is paid",
    Notice.UNDER_WAY: "its payment is on its way: wait for it",
    Notice.IN_PART: "a part of it is paid, or being late was charged: ask for the rest by transfer",
    Notice.CLOSED: "its invoice is void, credited or written off: send another order",
}


def is_same_request(known: SentLink | None, now: datetime) -> bool:
    """Tell whether a request is the last one, come again."""
    return known is not None and now - known.requested_at < SAME_WITHIN


def with_link(lifecycle: OrderLifecycle, url: str, now: datetime) -> OrderLifecycle:
    """Return an order's lifecycle with its link requested once more."""
    known = lifecycle.sent_link
    number = known.number + 1 if known else 1
    return changed(lifecycle, sent_link=SentLink(url=url, number=number, requested_at=now))


def link_fact(order: Order, sent: SentLink, merchant_id: str) -> Fact[PaymentLinkRequested]:
    """Return what a request is published as, the same every time."""
    data = PaymentLinkRequested(
        object_id=order.order_id,
        occurred_at=sent.requested_at,
        amount=order.amount,
        order_id=order.order_id,
        customer_id=order.buyer_id,
    )
    metadata = FactMetadata(
        fact_id=f"{order.order_id}:{order.order_id}:{data.fact}:{sent.number}",
        event_id=f"{order.order_id}:{sent.number}",
        merchant_id=merchant_id,
        gateway="kassa",
        account="main",
        subject_kind="order",
        subject_id=order.order_id,
        version=sent.number,
        booked_at=sent.requested_at,
    )
    return Fact[PaymentLinkRequested](metadata=metadata, data=data)
