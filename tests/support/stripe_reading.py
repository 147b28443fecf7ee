"""Stripe's events read as a delivery of account `main` would be."""

from datetime import UTC, datetime

from kassa.gateways.events import Delivery, GatewayEvent, Ignored
from kassa.gateways.stripe import events as reader


def read_body(raw: bytes, account: str = "main", mode: str = "test") -> GatewayEvent | Ignored:
    """Name an event's bytes in our own words."""
    delivery = Delivery(
        gateway="stripe",
        account=account,
        merchant_id="main",
        mode=mode,
        received_at=datetime.fromtimestamp(0, UTC),
    )
    return reader.read(raw, delivery)
