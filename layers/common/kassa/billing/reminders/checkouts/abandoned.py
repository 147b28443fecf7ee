"""Whether a customer left an order unpaid, and may be told so: rules over orders as they stand."""

from collections.abc import Iterable

from kassa.orders.attempts import AttemptState
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.order import Order
from kassa.orders.views import OrderCase

_LEFT = (OrderStatus.OPEN, OrderStatus.EXPIRED, OrderStatus.FAILED, OrderStatus.REFUSED)


def is_abandoned(case: OrderCase) -> bool:
    """Tell whether an order was left, and its customer agreed to be told of that."""
    return has_consent(case.order) and is_left(case)


def is_left(case: OrderCase) -> bool:
    """Tell whether somebody tried to pay an order, nothing was paid, and nothing is on its way.

    What is paid later isn't left: its invoice is reminded of. Nor is what its customer was sent a
    payment link of: programs that look through mail open it, too. Nor is anything left while the
    outcome of an attempt is unknown.
    """
    lifecycle = case.lifecycle
    payments = (*lifecycle.payers, *lifecycle.part_payments, *lifecycle.duplicate_payments)
    moving = (
        one.is_unknown or one.is_completed or one.state is AttemptState.PAID
        for one in lifecycle.attempts
    )
    is_unpaid = lifecycle.status in _LEFT and not payments and not any(moving)
    return is_unpaid and case.order.pay_by is None and lifecycle.sent_link is None


def has_consent(order: Order) -> bool:
    """Tell whether a customer agreed to be written to; an order that doesn't say so says no."""
    return getattr(order, "marketing_consent_at", None) is not None


def is_bought_otherwise(order: Order, others: Iterable[OrderCase]) -> bool:
    """Tell whether one of a customer's other orders bought the same, or may be doing so.

    The same is what has a thing in common; or, where an order says nothing of things, its amount.
    """
    return any(
        other.order.order_id != order.order_id
        and not is_left(other)
        and is_alike(order, other.order)
        for other in others
    )


def is_alike(order: Order, other: Order) -> bool:
    """Tell whether two orders of a customer are of one cart, as far as orders tell that."""
    things, others = _things(order), _things(other)
    if things and others:
        return not things.isdisjoint(others)
    return order.amount == other.amount


def _things(order: Order) -> set[str]:
    return {line.sku or line.name for line in order.lines}
