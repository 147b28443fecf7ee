"""Stripe's events that a card ends, and a customer who paid an order by one."""

from typing import Any

from functions.book_event.app import lambda_handler as book
from kassa.billing.drafts.keep_order import keep_sent_order
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from tests.support import stripe_events as s
from tests.support.aws_stack import Context
from tests.support.messages import BUYER
from tests.support.orders import order
from tests.support.queue_batches import CAPTURED, batch, failed

EXPIRING = "customer.source.expiring"


def ends(event_id: str = "evt_9", **fields: Any) -> dict[str, Any]:
    """Return Stripe's event that a card ends this month."""
    return s.event(EXPIRING, s.card(**fields), event_id)


def booked(*events: dict[str, Any]) -> list[str]:
    """Book events as they come from the queue; return which failed."""
    return failed(book(batch(*events), Context()))


def known(buyer: dict[str, Any] = BUYER) -> None:
    """Let Stripe's customer pay an order whose buyer is known."""
    keep_sent_order(order(), "main")
    Customers("main").keep("customer-1", "order-1", Buyer.model_validate(buyer))
    assert booked(CAPTURED) == []
