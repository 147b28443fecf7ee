"""Small builders of Standard Webhooks."""

from datetime import UTC, datetime
from typing import Any

from kassa.gateways.events import Delivery

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def delivery(mode: str = "live", delivery_id: str | None = "msg_1") -> Delivery:
    return Delivery(
        gateway="standard",
        account="main",
        merchant_id="main",
        mode=mode,
        received_at=NOW,
        delivery_id=delivery_id,
    )


def body(event_type: str, **data: Any) -> dict[str, Any]:
    fields = {"id": "x_1", "payment_id": "pay_1", "amount": 1250, "currency": "eur"} | data
    return {"type": event_type, "timestamp": "2026-11-22T08:59:58Z", "live": True, "data": fields}
