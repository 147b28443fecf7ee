"""Stripe's events as its API reference describes them, written for tests; today's version's shape.

Each function returns an event body as a dict; `id`s and amounts are the test's.
"""

from typing import Any

Body = dict[str, Any]
CREATED = 1_795_230_000  # 2026-11-21 05:40 UTC


def event(event_type: str, body: Body, event_id: str, **more: Any) -> Body:
    """Wrap an object in an event's envelope."""
    envelope = {
        "id": event_id,
        "object": "event",
        "api_version": "2026-08-26.dahlia",
        "created": CREATED,
        "data": {"object": body},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }
    return envelope | more


def card(card_id: str = "card_1", **more: Any) -> Body:
    """Return a customer's card, as an event of the Sources API shows it."""
    body = {
        "id": card_id,
        "object": "card",
        "address_city": "Turku",
        "brand": "Visa",
        "customer": "cus_1",
        "exp_month": 11,
        "exp_year": 2026,
        "last4": "4242",
        "metadata": {},
        "name": "Maija Esimerkki",
    }
    return body | more


def invoice(**more: Any) -> Body:
    """Return a paid invoice of a subscription that renews each month."""
    body = {
        "id": "in_1",
        "object": "invoice",
        "amount_paid": 100_00,
        "billing_reason": "subscription_cycle",
        "created": CREATED,
        "currency": "eur",
        "customer": "cus_1",
        "lines": {"data": [{"price": {"recurring": {"interval": "month", "interval_count": 1}}}]},
        "payment_intent": "pi_1",
        "subscription": "sub_1",
    }
    return body | more


def payment_intent(payment_id: str = "pi_1", status: str = "succeeded", **more: Any) -> Body:
    """Return a payment intent of 100.00 EUR that names its latest charge."""
    succeeded = status == "succeeded"
    body = {
        "id": payment_id,
        "object": "payment_intent",
        "amount": 100_00,
        "amount_capturable": 100_00 if status == "requires_capture" else 0,
        "amount_received": 100_00 if succeeded else 0,
        "capture_method": "automatic_async",
        "created": CREATED,
        "currency": "eur",
        "customer": "cus_1",
        "last_payment_error": None,
        "latest_charge": payment_id.replace("pi_", "ch_") if succeeded else None,
        "livemode": False,
        "metadata": {"order_id": "order-1", "language": "en"},
        "payment_method_types": ["card"],
        "status": status,
    }
    return body | more


def charge(charge_id: str = "ch_1", payment_id: str | None = "pi_1", **more: Any) -> Body:
    """Return a captured charge of 100.00 EUR by card."""
    body = {
        "id": charge_id,
        "object": "charge",
        "amount": 100_00,
        "amount_captured": 100_00,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": {"address": {"country": "FI", "postal_code": "00100"}},
        "captured": True,
        "created": CREATED + 1,
        "currency": "eur",
        "customer": "cus_1",
        "disputed": False,
        "failure_code": None,
        "livemode": False,
        "metadata": {"order_id": "order-1"},
        "outcome": {"network_status": "approved_by_network", "risk_level": "normal"},
        "payment_intent": payment_id,
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "country": "FI", "fingerprint": "Xt5EWLLDS7FJjR1c"},
        },
        "refunded": False,
        "status": "succeeded",
    }
    return body | more


def refund(refund_id: str = "re_1", status: str = "succeeded", **more: Any) -> Body:
    """Return a refund of 10.00 EUR."""
    body = {
        "id": refund_id,
        "object": "refund",
        "amount": 10_00,
        "charge": "ch_1",
        "created": CREATED + 60,
        "currency": "eur",
        "metadata": {},
        "payment_intent": "pi_1",
        "reason": None,
        "status": status,
    }
    return body | more


def traced(reference: str) -> Body:
    """Return what a refund says once the card's bank can find it by its ARN."""
    card = {
        "reference": reference,
        "reference_status": "available",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return {"destination_details": {"card": card, "type": "card"}}


def dispute(dispute_id: str = "dp_1", status: str = "needs_response", **more: Any) -> Body:
    """Return a dispute over the whole charge."""
    body = {
        "id": dispute_id,
        "object": "dispute",
        "amount": 100_00,
        "balance_transactions": [],
        "charge": "ch_1",
        "created": CREATED + 120,
        "currency": "eur",
        "is_charge_refundable": False,
        "livemode": False,
        "payment_intent": "pi_1",
        "reason": "fraudulent",
        "status": status,
    }
    return body | more


def payout(payout_id: str = "po_1", status: str = "paid", **more: Any) -> Body:
    """Return a payout of 50.00 EUR."""
    body = {
        "id": payout_id,
        "object": "payout",
        "amount": 50_00,
        "arrival_date": CREATED + 86_400,
        "created": CREATED + 180,
        "currency": "eur",
        "livemode": False,
        "status": status,
        "type": "bank_account",
    }
    return body | more


def checkout(session_id: str = "cs_1", status: str = "complete", **more: Any) -> Body:
    """Return a checkout session of 100.00 EUR."""
    body = {
        "id": session_id,
        "object": "checkout.session",
        "amount_total": 100_00,
        "client_reference_id": "order-1",
        "created": CREATED - 60,
        "currency": "eur",
        "customer": "cus_1",
        "livemode": False,
        "metadata": {},
        "mode": "payment",
        "payment_intent": "pi_1",
        "payment_status": "paid" if status == "complete" else "unpaid",
        "status": status,
    }
    return body | more


def balance_transaction(
    transaction_id: str = "txn_1", source: Body | None = None, **more: Any
) -> Body:
    """Return the balance transaction of a charge: 100.00 EUR less a fee of 1.75 EUR."""
    body = {
        "id": transaction_id,
        "object": "balance_transaction",
        "amount": 100_00,
        "created": CREATED + 2,
        "currency": "eur",
        "exchange_rate": None,
        "fee": 1_75,
        "net": 98_25,
        "source": charge() if source is None else source,
        "status": "pending",
        "type": "charge",
    }
    return body | more


def pulled(transaction: Body) -> Body:
    """Wrap a balance transaction the way it is queued after it was pulled."""
    return event("kassa.balance_transaction", transaction, f"balance:{transaction['id']}")
