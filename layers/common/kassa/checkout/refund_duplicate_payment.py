"""Put a duplicate payment up for refund, once, and tell it; the policy decides as about any
other.
"""

from collections.abc import Callable

from kassa.checkout.duplicate_payment import duplicate_payment_found, refund_of
from kassa.core.callers import Caller
from kassa.core.errors import Conflict, OverHeadroom, PaymentNotFound
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.find_payment import PaymentFinder
from kassa.refunds.store import RefundRequests

KASSA = Caller(key_id="kassa")  # who asks, where no person and no machine does


def refund_duplicate_payment(
    lifecycle: OrderLifecycle,
    payment: OrderPayment,
    requests: RefundRequests,
    time_left_s: Callable[[], float],
) -> None:
    """Ask for all that is left of a duplicate payment, and tell that it was found."""
    refund_request_id = None
    try:
        case = approve_refund(refund_of(lifecycle, payment), KASSA, requests, time_left_s)
        refund_request_id = case.request.refund_request_id
    except OverHeadroom:  # it was given back at the gateway before, or is disputed
        logger.info("nothing left of a duplicate payment", payment_id=payment.payment_id)
    event_bus.publish([duplicate_payment_found(lifecycle, payment, refund_request_id)])
    metrics.add_metric(name="DuplicatePaymentFound", unit="Count", value=1)
    logger.warning(
        "duplicate payment found",
        order_id=lifecycle.order_id,
        payment_id=payment.payment_id,
        refund_request_id=refund_request_id,
    )


def notice_duplicate_payment(payment: OrderPayment, order_id: str) -> None:
    """Count an order that was never sent here and has several payments at one account.

    Nobody said what such an order costs: it may be paid in parts, or every month. So nothing is
    refunded, it is only counted.
    """
    try:
        PaymentFinder(payment.gateway, payment.account).by_order(order_id)
    except PaymentNotFound:
        return
    except Conflict:
        metrics.add_metric(name="UnsentOrderPaidAgain", unit="Count", value=1)
        logger.warning("unsent order paid again", order_id=order_id, payment_id=payment.payment_id)
