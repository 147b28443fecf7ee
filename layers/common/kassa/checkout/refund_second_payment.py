"""Put a second payment up for refund, once, and tell it; the policy decides as about any other."""

from collections.abc import Callable

from kassa.checkout.second_payment import refund_of, second_payment_found
from kassa.core.callers import Caller
from kassa.core.errors import Conflict, OverHeadroom, PaymentNotFound
from kassa.orders.lifecycle import OrderLife, OrderPayment
from kassa.platform.messaging import event_bus as bus
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.find_payment import PaymentFinder
from kassa.refunds.store import RefundRequests

KASSA = Caller(key_id="kassa")  # who asks, where no person and no machine does


def refund_second_payment(
    life: OrderLife,
    payment: OrderPayment,
    requests: RefundRequests,
    time_left_s: Callable[[], float],
) -> None:
    """Ask for all that is left of a second payment, and tell that it was found."""
    refund_request_id = None
    try:
        case = approve_refund(refund_of(life, payment), KASSA, requests, time_left_s)
        refund_request_id = case.request.refund_request_id
    except OverHeadroom:  # it was given back at the gateway before, or is disputed
        logger.info("nothing left of a second payment", payment_id=payment.payment_id)
    bus.tell([second_payment_found(life, payment, refund_request_id)])
    metrics.add_metric(name="SecondPaymentFound", unit="Count", value=1)
    logger.warning(
        "second payment found",
        order_id=life.order_id,
        payment_id=payment.payment_id,
        refund_request_id=refund_request_id,
    )


def notice_second_payment(payment: OrderPayment, order_id: str) -> None:
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
