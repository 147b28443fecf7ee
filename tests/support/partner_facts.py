"""A fact as the bus has it, and its payment as a partner's mapping sees it."""

from typing import Any

FACT: dict[str, Any] = {
    "metadata": {
        "fact_id": "pay_1:ch_1:PaymentCaptured",
        "event_id": "evt_1",
        "merchant_id": "main",
        "gateway": "stripe",
        "account": "main",
        "subject_kind": "payment",
        "subject_id": "pay_1",
        "version": 3,
        "booked_at": "2026-11-21T22:30:00.5Z",
    },
    "data": {
        "fact": "PaymentCaptured",
        "object_id": "ch_1",
        "occurred_at": "2026-11-21T22:29:00Z",
        "amount": {"amount_minor": 1250, "currency": "EUR"},
        "order_id": "7",
        "is_assumed": False,
    },
}
PAYMENT = {"gateway": "stripe", "account": "main", "payment_id": "pay_1", "version": 5}
