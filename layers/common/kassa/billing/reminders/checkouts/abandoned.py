"""Whether a customer left an order unpaid, and may be told so: rules over orders as they stand."""

from collections.abc import Iterable

from kassa.orders.attempts import AttemptState
from kassa.orders.lifecycle import OrderLifecycle, OrderStatus
from kassa.orders.order import Order
from kassa.orders.views import OrderCase

_LEFT = (OrderStatus.OPEN, OrderStatus.EXPIRED, OrderStatus.FAILED, OrderStatus.REFUSED)


def is_abandoned(case: OrderCase) -> bool:
    """Tell whether an order was left, and its customer agreed to be told of that.

    What is paid later is reminded of by its invoice. While the outcome of an attempt is unknown, or
    money may be on its way, nothing is left.
    """
    order, lifecycle = case.order, case.lifecycle
    return has_consent(order) and order.pay_by is None and _is_left(lifecycle)


def has_consent(order: Order) -> bool:
    """Tell whether a customer agreed to be written to; an order that doesn't say so says no."""
    return getattr(order, "marketing_consent_at", None) is not None


def is_bought_otherwise(order: Order, others: Iterable[OrderCase]) -> bool:
    """Tell whether one of a customer's other orders bought the same, or may be doing so.

    The same is what has a thing in common; or, where an order says nothing of things, its amount.
    """
    return any(
        other.order.order_id != order.order_id
        and not _is_left(other.lifecycle)
        and _is_alike(order, other.order)
        for other in others
    )


def _is_left(lifecycle: OrderLifecycle) -> bool:
    """Tell whether nothing was paid of an order, nothing is on its way, and somebody tried."""
    payments = (*lifecycle.payers, *lifecycle.part_payments, *lifecycle.duplicate_payments)
    moving = (
        one.is_unknown or one.is_completed or one.state is AttemptState.PAID
        for one in lifecycle.attempts
    )
    return lifecycle.status in _LEFT and not payments and not any(moving)


def _is_alike(order: Order, other: Order) -> bool:
    things, others = _things(order), _things(other)
    if things and others:
        return not things.isdisjoint(others)
    return order.amount == other.amount


def _things(order: Order) -> set[str]:
    return {line.sku or line.name for line in order.lines}
