"""An order with what became of it, and the two ways the API shows it."""

from typing import NamedTuple

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.orders.attempts import AttemptView
from kassa.orders.lifecycle import Discrepancy, OrderLifecycle, OrderPaymentView, OrderStatus
from kassa.orders.order import Order


class OrderCase(NamedTuple):
    """An order and its lifecycle."""

    order: Order
    lifecycle: OrderLifecycle


class OrderWarning(Model):
    """What an order's invoice will lack: the rule, the field of the order, and what to do."""

    rule: str
    field: str
    advice: str


class ShownCheckout(Model):
    """What a shop needs to send its customer to the checkout; the same for the same order."""

    order_id: str
    status: OrderStatus
    gateway: str | None
    account: str | None
    url: str | None  # none where the order was paid without a checkout of ours
    expires_at: Instant | None
    attempt: int | None
    invoice_number: str | None = None  # of an order that is paid later: `url` is its link
    warnings: tuple[OrderWarning, ...] = ()  # what its electronic invoice will lack


class RequestedLink(Model):
    """A payment link that is sent to a customer; its delivery says whether it reached them."""

    order_id: str
    customer_id: str
    amount: Money
    url: str
    requested_at: Instant
    is_repeated: bool  # it was asked for minutes before, and is sent once


class OrderView(Model):
    """An order with all its attempts and by which payments it was paid."""

    order: Order
    status: OrderStatus
    attempts: tuple[AttemptView, ...]
    paid_by: OrderPaymentView | None
    duplicate_payments: tuple[OrderPaymentView, ...]
    part_payments: tuple[OrderPaymentView, ...]
    paid_with: tuple[OrderPaymentView, ...] = ()  # what reached the amount together with `paid_by`
    discrepancy: Discrepancy | None = None  # what was captured isn't what was ordered
    reopened_at: Instant | None = None  # it was paid, and what paid it was taken back
    link_requested_at: Instant | None = None  # when its customer was last to be sent its link


def shown_checkout(lifecycle: OrderLifecycle) -> ShownCheckout:
    """Return where the customer of an order is to be sent."""
    attempt, paid_by = lifecycle.shown, lifecycle.paid_by
    return ShownCheckout(
        order_id=lifecycle.order_id,
        status=lifecycle.status,
        gateway=attempt.gateway if attempt else paid_by and paid_by.gateway,
        account=attempt.account if attempt else paid_by and paid_by.account,
        url=attempt.url if attempt else None,
        expires_at=attempt.expires_at if attempt else None,
        attempt=attempt.number if attempt else None,
    )


def shown_order(case: OrderCase) -> OrderView:
    """Return all that is known of an order."""
    lifecycle = case.lifecycle
    return OrderView(
        order=case.order,
        status=lifecycle.status,
        attempts=lifecycle.attempts,
        paid_by=lifecycle.paid_by,
        duplicate_payments=lifecycle.duplicate_payments,
        part_payments=lifecycle.part_payments,
        paid_with=lifecycle.paid_with,
        discrepancy=lifecycle.discrepancy,
        reopened_at=lifecycle.reopened_at,
        link_requested_at=lifecycle.sent_link and lifecycle.sent_link.requested_at,
    )
