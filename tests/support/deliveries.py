"""Deliveries for tests: a captured payment, told to somebody."""

from datetime import datetime
from typing import Any

from kassa.deliveries.delivery import Channel, Delivery, new_delivery
from tests.support.aws_stack import NOW
from tests.support.facts import captured


def a_delivery(
    payment: str = "pi_1", channel: Channel = Channel.WEBHOOK, at: datetime = NOW, **fields: Any
) -> Delivery:
    """Return the record of telling that a payment was captured, before anybody tried."""
    recipient = fields.pop("recipient", "endpoint:we_1")
    return new_delivery(captured(payment, at, (1290, "EUR")), channel, recipient, at, **fields)
