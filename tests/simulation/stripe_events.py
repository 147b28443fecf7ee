"""Stripe's objects and events in small, written from its API reference; three API versions.

`2018` names a refund's and a dispute's charge, but not their payment intent. `2020` lists charges
in payment intents and refunds in charges. `2025` does neither and names the latest charge.
"""

import hashlib
import hmac
import json
from typing import Any

Body = dict[str, Any]

API_VERSIONS = {"2018": "2018-11-08", "2020": "2020-08-27", "2025": "2025-03-31.basil"}


def payment_intent(payment_id: str, amount: int, currency: str, created: int, n: int) -> Body:
    """A payment intent that nothing was paid on yet."""
    return {
        "id": payment_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": f"cus_{n}" if n % 2 else None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": True,
        "metadata": {"order_id": f"order-{n}"},
        "status": "requires_payment_method",
    }


def charge(charge_id: str, intent: Body, created: int, method: str) -> Body:
    """A charge of a payment intent, neither paid nor failed."""
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "captured": False,
        "created": created,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "disputed": False,
        "failure_code": None,
        "livemode": True,
        "metadata": dict(intent["metadata"]),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method_details": {"type": method},
        "refunded": False,
        "status": "pending",
    }


def refund(refund_id: str, charge_body: Body, amount: int, created: int, request: str) -> Body:
    """A refund that has not left yet."""
    return {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "charge": charge_body["id"],
        "created": created,
        "currency": charge_body["currency"],
        "metadata": {"refund_request_id": request} if request else {},
        "payment_intent": charge_body["payment_intent"],
        "reason": "requested_by_customer",
        "status": "pending",
    }


def dispute(dispute_id: str, charge_body: Body, amount: int, created: int, status: str) -> Body:
    """A dispute before any funds moved."""
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge_body["id"],
        "created": created,
        "currency": charge_body["currency"],
        "livemode": True,
        "metadata": {},
        "payment_intent": charge_body["payment_intent"],
        "reason": "fraudulent",
        "status": status,
    }


def payout(payout_id: str, amount: int, currency: str, created: int) -> Body:
    """A payout on its way."""
    return {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "arrival_date": created + 86_400,
        "automatic": True,
        "created": created,
        "currency": currency,
        "failure_code": None,
        "livemode": True,
        "metadata": {},
        "status": "in_transit",
        "type": "bank_account",
    }


def checkout_session(session_id: str, intent: Body, status: str) -> Body:
    """A hosted payment page."""
    return {
        "id": session_id,
        "object": "checkout.session",
        "amount_total": intent["amount"],
        "client_reference_id": intent["metadata"]["order_id"],
        "created": intent["created"],
        "currency": intent["currency"],
        "customer": intent["customer"],
        "livemode": True,
        "metadata": {},
        "mode": "payment",
        "payment_intent": intent["id"] if status == "complete" else None,
        "payment_status": "paid" if status == "complete" else "unpaid",
        "status": status,
    }


def balance_transaction(
    transaction_id: str, kind: str, amount: int, fee: int, created: int
) -> Body:
    """A movement of the merchant's balance, in euro."""
    return {
        "id": transaction_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created + 86_400,
        "created": created,
        "currency": "eur",
        "exchange_rate": None,
        "fee": fee,
        "net": amount - fee,
        "status": "available",
        "type": kind,
    }


def event(event_id: str, gateway_type: str, body: Body, created: int, version: str) -> Body:
    """An event as a webhook carries it."""
    return {
        "id": event_id,
        "object": "event",
        "api_version": API_VERSIONS[version],
        "created": created,
        "data": {"object": body},
        "livemode": True,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": gateway_type,
    }


def signed(payload: Body, secrets: list[str], timestamp: int) -> tuple[str, str]:
    """Return the body's text and the header that proves it, one signature a live secret."""
    text = json.dumps(payload, separators=(",", ":"))
    message = f"{timestamp}.{text}".encode()
    proofs = (hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets)
    return text, ",".join([f"t={timestamp}", *(f"v1={proof}" for proof in proofs)])
