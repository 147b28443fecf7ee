"""An order with what became of it, and the two ways it is shown to whoever asks."""

from typing import NamedTuple

from kassa.core.model import Instant, Model
from kassa.orders.attempts import AttemptView
from kassa.orders.lifecycle import Discrepancy, OrderLife, OrderPaymentView, OrderStatus
from kassa.orders.order import Order


class OrderCase(NamedTuple):
    """An order and its life."""

    order: Order
    life: OrderLife


class ShownCheckout(Model):
    """What a shop needs to send its customer to the page; the same for the same order."""

    order_id: str
    status: OrderStatus
    gateway: str | None
    account: str | None
    url: str | None  # none where the order was paid without a page of ours
    expires_at: Instant | None
    attempt: int | None


class OrderView(Model):
    """An order with all its attempts and by which payments it was paid."""

    order: Order
    status: OrderStatus
    attempts: tuple[AttemptView, ...]
    paid_by: OrderPaymentView | None
    second_payments: tuple[OrderPaymentView, ...]
    part_payments: tuple[OrderPaymentView, ...]
    paid_with: tuple[OrderPaymentView, ...] = ()  # what reached the amount together with `paid_by`
    discrepancy: Discrepancy | None = None  # what was captured isn't what was ordered
    reopened_at: Instant | None = None  # it was paid, and what paid it was taken back


def shown_checkout(life: OrderLife) -> ShownCheckout:
    """Return where the customer of an order is to be sent."""
    attempt, paid_by = life.shown, life.paid_by
    return ShownCheckout(
        order_id=life.order_id,
        status=life.status,
        gateway=attempt.gateway if attempt else paid_by and paid_by.gateway,
        account=attempt.account if attempt else paid_by and paid_by.account,
        url=attempt.url if attempt else None,
        expires_at=attempt.expires_at if attempt else None,
        attempt=attempt.number if attempt else None,
    )


def shown_order(case: OrderCase) -> OrderView:
    """Return all that is known of an order."""
    life = case.life
    return OrderView(
        order=case.order,
        status=life.status,
        attempts=life.attempts,
        paid_by=life.paid_by,
        second_payments=life.second_payments,
        part_payments=life.part_payments,
        paid_with=life.paid_with,
        discrepancy=life.discrepancy,
        reopened_at=life.reopened_at,
    )
