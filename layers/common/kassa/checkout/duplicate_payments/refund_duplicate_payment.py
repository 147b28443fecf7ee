"""Put a duplicate payment up for refund, once, and publish it; the policy decides as about any.

Which payments are duplicates is decided in `orders/payments.py`.
"""

from kassa.checkout.duplicate_payments.duplicate_payment_refund import (
    claim_of,
    duplicate_payment_found,
    refund_of,
)
from kassa.core.callers import Caller
from kassa.core.errors import Conflict, OverHeadroom, PaymentNotFound
from kassa.gateways import registry
from kassa.gateways.registry import Ability
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.find_payment import PaymentFinder
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.paying.wake_up import enqueue_refunds
from kassa.refunds.request.request import refund_request_id
from kassa.refunds.store import RefundRequests

KASSA = Caller(key_id="kassa")  # who requests it, where no person and no machine does


def refund_duplicate_payment(
    lifecycle: OrderLifecycle,
    payment: OrderPayment,
    requests: RefundRequests,
    time_left_s: TimeLeft,
) -> None:
    """Request a refund of all that is left of a duplicate payment, and publish that it was found.

    Where something of what paid the order has gone back, now or when the refund would be submitted,
    a person decides, or the customer might get both. Where no gateway can be asked, as of cash, a
    person gives it back: nothing is requested.
    """
    request_id = None
    if registry.can(payment.gateway, Ability.REFUND):
        request_id = _requested(lifecycle, payment, requests, time_left_s)
    event_bus.publish([duplicate_payment_found(lifecycle, payment, request_id)])
    metrics.add_metric(name="DuplicatePaymentFound", unit="Count", value=1)
    logger.warning(
        "duplicate payment found",
        order_id=lifecycle.order_id,
        payment_id=payment.payment_id,
        refund_request_id=request_id,
    )


def _requested(
    lifecycle: OrderLifecycle,
    payment: OrderPayment,
    requests: RefundRequests,
    time_left_s: TimeLeft,
) -> str | None:
    """Request a refund of a duplicate payment, and return its id; none where nothing is left."""
    payers = tuple(one.subject for one in lifecycle.payers)
    body = refund_of(lifecycle, payment)
    try:
        case = approve_refund(body, KASSA, requests, time_left_s, payers)
    except OverHeadroom:  # it was given back at the gateway before, or is disputed
        logger.info("nothing left of a duplicate payment", payment_id=payment.payment_id)
        return None
    return case.request.refund_request_id


def keep_payment(payment: OrderPayment, requests: RefundRequests, time_left_s: TimeLeft) -> None:
    """Reject what waits for a person to refund a payment that pays its order by now.

    That is a duplicate payment which took over when what had paid the order was taken back. Raises
    StaleWrite where others kept changing the request.
    """
    named = refund_request_id(payment.subject, claim_of(payment))
    if retry_on_conflict(lambda: _reject_escalated(named, requests), time_left_s, 0.0):
        enqueue_refunds([named])


def _reject_escalated(named: str, requests: RefundRequests) -> bool:
    """Reject a request that waits for a person, and return whether there was one."""
    case = requests.find(named)
    if case is None or case.lifecycle.state is not RequestState.ESCALATED:
        return False
    requests.reject_automatically(case, Why.PAYS, clock.now())
    return True


def notice_duplicate_payment(payment: OrderPayment, order_id: str) -> None:
    """Count an order that was never sent here and has several payments at one account.

    Nobody sent what such an order costs: it may be paid in parts, or every month. So nothing is
    refunded, it is only counted.
    """
    try:
        PaymentFinder(payment.gateway, payment.account).by_order(order_id)
    except PaymentNotFound:
        return
    except Conflict:
        metrics.add_metric(name="UnsentOrderPaidAgain", unit="Count", value=1)
        logger.warning("unsent order paid again", order_id=order_id, payment_id=payment.payment_id)
