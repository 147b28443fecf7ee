"""Look whether a hosted checkout that may be closed is still open, before it is shown again."""

from kassa.checkout.find_hosted_checkout import find_hosted_checkout
from kassa.checkout.submit_checkout import noted
from kassa.core.errors import GatewayUnavailable
from kassa.orders import attempts as stages
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.next_step import is_doubtful
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock


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
