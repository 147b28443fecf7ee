"""The steps that an order leads to once it is sent; which one is due says `orders/next_step.py`."""

from kassa.checkout.find_hosted_checkout import find_hosted_checkout
from kassa.checkout.resolve_attempt import resolve_attempt
from kassa.checkout.routing.route_order import route_order
from kassa.checkout.submit_checkout import noted, submit_checkout
from kassa.core.errors import (
    CheckoutRefused,
    CheckoutUnavailable,
    Conflict,
    GatewayUnavailable,
    StaleWrite,
)
from kassa.orders import attempts as stages
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.next_step import Do, is_doubtful
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock
from kassa.platform.clock import TimeLeft

SOON_S = 5  # when a shop may send again what isn't known
UNKNOWN = "it isn't known yet whether a checkout was opened for this order: ask for it again"


def take_step(step: Do, case: OrderCase, orders: Orders, time_left_s: TimeLeft) -> OrderLifecycle:
    """Do what is due and return the order's lifecycle.

    Raises StaleWrite where another request is at it, CheckoutRefused and CheckoutUnavailable
    where that ends the request, GatewayUnavailable for silence.
    """
    lifecycle = case.lifecycle
    match step:
        case Do.SHOW:
            return lifecycle
        case Do.WAIT:
            raise StaleWrite("another request is opening this order's checkout")
        case Do.RESOLVE:
            return _resolved(lifecycle, orders, time_left_s)
        case Do.LOOK:
            return check_hosted_checkout(case, orders)
        case Do.REFUSE:
            raise CheckoutRefused(_refusal(lifecycle))
        case Do.STOP:
            raise Conflict(
                f"order_id: {lifecycle.order_id} was tried too often: send another order"
            )
        case Do.SUBMIT:
            return submit_checkout(case, route_order(case.order), orders, time_left_s)


def _resolved(lifecycle: OrderLifecycle, orders: Orders, time_left_s: TimeLeft) -> OrderLifecycle:
    attempt = resolve_attempt(lifecycle.order_id, orders, time_left_s)
    if attempt is None or attempt.is_unknown:
        raise CheckoutUnavailable(UNKNOWN, SOON_S)
    return orders.named(lifecycle.order_id).lifecycle


def _refusal(lifecycle: OrderLifecycle) -> str:
    last = lifecycle.attempts[-1]
    return f"{last.gateway}/{last.account} refused this order: {last.reason}"


def check_hosted_checkout(case: OrderCase, orders: Orders) -> OrderLifecycle:
    """Note how the gateway says the newest checkout stands, and return the order's lifecycle.

    A gateway that can't say leaves it as it is. Raises GatewayUnavailable for silence about
    a checkout that is likely closed: it is neither shown nor replaced.
    """
    last = case.lifecycle.attempts[-1]
    try:
        checkout = find_hosted_checkout(case.order, last)
    except GatewayUnavailable:
        if is_doubtful(last, clock.now()):
            raise
        return case.lifecycle
    if checkout is None:
        return case.lifecycle
    return noted(
        case.lifecycle, last.number, lambda one: stages.found(one, checkout, clock.now()), orders
    )
