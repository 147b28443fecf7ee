"""Open the hosted checkout of an order: the same order always leads to the same one.

What comes next follows from the order's lifecycle alone, so a request that is repeated, or comes
twice at once, or finds the remains of one that died, does what is still to be done and nothing
twice.
"""

from datetime import timedelta

from kassa.checkout.checkout_steps import SOON_S, UNKNOWN, take_step
from kassa.core.errors import CheckoutUnavailable, GatewayUnavailable, OrderChanged, StaleWrite
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.next_step import Do, next_step
from kassa.orders.order import Order, differences
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase, ShownCheckout, shown_checkout
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict

RESERVE_S = 1.0  # kept back for answering
WAITS_FOR = timedelta(seconds=10)  # for another request that is submitting: a customer is waiting
STEPS_MAX = 4  # look up, check, submit, show: more follow one another in no request


def open_checkout(order: Order, orders: Orders, time_left_s: TimeLeft) -> ShownCheckout:
    """Return where to send the customer of an order.

    Raises OrderChanged where the order was sent before with other fields, CheckoutRefused where no
    gateway opens one, and CheckoutUnavailable where it isn't known, or none does just now.
    """
    waits_until = clock.now() + WAITS_FOR

    def to_wait_s() -> float:
        return min(time_left_s(), (waits_until - clock.now()).total_seconds())

    try:
        lifecycle = retry_on_conflict(
            lambda: _gone_on(order, orders, time_left_s), to_wait_s, RESERVE_S
        )
    except (StaleWrite, GatewayUnavailable) as error:
        raise CheckoutUnavailable(UNKNOWN, SOON_S) from error
    return shown_checkout(lifecycle)


def _gone_on(order: Order, orders: Orders, time_left_s: TimeLeft) -> OrderLifecycle:
    """Take the next steps until there is a checkout to show."""
    case = orders.find(order.order_id) or OrderCase(order, OrderLifecycle(order_id=order.order_id))
    changed = differences(case.order, order)
    if changed:
        named = ", ".join(one["field"] for one in changed)
        raise OrderChanged(f"order {order.order_id} was sent before with another {named}", changed)
    case = OrderCase(case.order.model_copy(update={"device": order.device}), case.lifecycle)
    for _ in range(STEPS_MAX):
        step = next_step(case.lifecycle, clock.now())
        if step is Do.SHOW:
            break
        case = OrderCase(case.order, take_step(step, case, orders, time_left_s))
        if step is Do.LOOK and next_step(case.lifecycle, clock.now()) is Do.LOOK:
            break  # the gateway says it is open, or can't say
    return case.lifecycle
