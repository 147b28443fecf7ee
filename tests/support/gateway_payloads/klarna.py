"""Small builders of what Klarna sends and answers."""

import json
from datetime import UTC, datetime
from typing import Any

from kassa.gateways.events import Delivery, GatewayEvent
from kassa.gateways.klarna.events import read
from kassa.gateways.klarna.parsing import framed

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KRN = "krn:network:eu1:live:payment:dispute:5169"


def delivery(origin: str = "webhook", **more: Any) -> Delivery:
    fields = {"gateway": "klarna", "account": "main", "merchant_id": "shop", "mode": "live"}
    return Delivery.model_validate(fields | {"received_at": NOW, "origin": origin} | more)


def webhook(event_type: str, payload: dict[str, Any], **metadata: Any) -> bytes:
    body = {"event_type": event_type, "event_id": "e-1", "occurred_at": "2026-11-22T08:00:00Z"}
    return json.dumps({"metadata": body | {"live": True} | metadata, "payload": payload}).encode()


def dispute(state: str = "INITIATED", **fields: Any) -> dict[str, Any]:
    return {
        "payment_dispute_id": KRN,
        "order_id": "o-1",
        "capture_id": "c-1",
        "state": state,
        "dispute_reason": "GOODS_NOT_RECEIVED",
        "dispute_details": {"dispute_amount": 399_00, "currency": "EUR"},
        "created_at": "2026-11-21T08:31:00Z",
        "updated_at": "2026-11-22T08:31:00+02:00",
    } | fields


def order(status: str = "CAPTURED", **fields: Any) -> dict[str, Any]:
    return {
        "order_id": "o-1",
        "status": status,
        "fraud_status": "ACCEPTED",
        "order_amount": 100_00,
        "captured_amount": 0,
        "refunded_amount": 0,
        "purchase_currency": "eur",
        "purchase_country": "fi",
        "locale": "fi-FI",
        "merchant_reference1": "order-1",
        "merchant_reference2": "order-1.1",
        "created_at": "2026-11-20T08:00:00Z",
        "expires_at": "2026-12-18T08:00:00Z",
        "captures": [],
        "refunds": [],
    } | fields


def capture(minor: int = 100_00, capture_id: str = "c-1") -> dict[str, Any]:
    at = "2026-11-20T08:00:05Z"
    return {"capture_id": capture_id, "captured_amount": minor, "captured_at": at}


def refund(minor: int, reference: str | None = None) -> dict[str, Any]:
    body = {"refund_id": f"r-{minor}", "refunded_amount": minor, "reference": reference}
    return body | {"refunded_at": "2026-11-21T08:00:00Z"}


def looked_up(body: dict[str, Any]) -> GatewayEvent:
    event = read(framed("order", order=body), delivery("look_up"))
    assert isinstance(event, GatewayEvent)
    return event


def transaction(kind: str, minor: int, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "amount": minor,
        "currency_code": "EUR",
        "order_id": "o-1",
        "capture_id": "",
        "capture_date": "2026-11-20T08:00:05Z",
        "sale_date": "2026-11-20T08:00:00Z",
        "merchant_reference1": "order-1",
    } | fields


def payout(minor: int, **totals: int) -> dict[str, Any]:
    """Return a payout of so much, with other totals of its settlement."""
    payload = {"payment_reference": "XISA93DJ", "currency_code": "EUR"}
    when = {"payout_date": "2026-11-22T06:00:00Z"}
    return payload | when | {"totals": {"settlement_amount": minor} | totals}
