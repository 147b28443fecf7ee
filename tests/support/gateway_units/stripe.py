"""Stripe's amounts: as they are asked for, and in each object that reports them."""

import json
from collections.abc import Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from tests.support.gateway_units.reading import AT_S, K, Reading, event, only
from tests.support.stripe_reading import read_body


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout, and of its lines."""
    (line,) = body["line_items"]
    return line["price_data"]["unit_amount"], []


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["amount"]


def _stripe(kind: ObjectKind, of_type: str, **fields: Any) -> Reading:
    def read(wire: int, currency: str) -> Money:
        body = {"id": "x_1", "amount": wire, "currency": currency.lower(), "created": AT_S}
        event_fields = {"id": "evt_1", "type": of_type, "created": AT_S, "livemode": True}
        envelope = event_fields | {"data": {"object": body | {"payment_intent": "pi_1"} | fields}}
        raw = json.dumps(envelope).encode()
        return only(event(read_body(raw, "main", "live")), kind)

    return read


def _stripe_checkout(wire: int, currency: str) -> Money:
    fields = {"object": "checkout.session", "status": "complete", "amount_total": wire}
    return _stripe(K.CHECKOUT, "checkout.session.completed", **fields)(0, currency)


def _stripe_captured(wire: int, currency: str) -> Money:
    fields = {"object": "charge", "status": "succeeded", "captured": True, "amount_captured": wire}
    return _stripe(K.CHARGE, "charge.succeeded", **fields)(wire, currency)


def _stripe_moved(wire: int, currency: str) -> Money:
    body = {"id": "txn_1", "object": "balance_transaction", "type": "charge", "fee": wire}
    fields = body | {"source": "ch_1"}
    return _stripe(K.BALANCE_TRANSACTION, "kassa.balance_transaction", **fields)(wire, currency)


READ: Mapping[str, Reading] = {
    "checkout": _stripe_checkout,
    "charge": _stripe_captured,
    "payment": _stripe(
        K.PAYMENT, "payment_intent.created", object="payment_intent", status="requires_capture"
    ),
    "refund": _stripe(K.REFUND, "refund.updated", object="refund", status="succeeded"),
    "dispute": _stripe(
        K.DISPUTE, "charge.dispute.created", object="dispute", status="needs_response"
    ),
    "balance transaction": _stripe_moved,
    "payout": _stripe(K.PAYOUT, "payout.paid", object="payout", status="paid"),
}
