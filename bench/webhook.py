"""One webhook as Stripe sends it: pretty-printed, 3.9 KB, written by us from the documentation."""

import hashlib
import hmac
import json
import time
from typing import Any

SECRET = "whsec_bench"
BODY_BYTES = 3_900


def body() -> bytes:
    """Return a charge.refunded event with the fields such an event has, filled up to its size."""
    charge: dict[str, Any] = {
        "id": "ch_bench00000000000000001",
        "object": "charge",
        "amount": 12_900,
        "amount_captured": 12_900,
        "amount_refunded": 2_500,
        "balance_transaction": "txn_bench000000000000001",
        "billing_details": {"address": {"city": None, "country": "FI", "postal_code": "00100"}},
        "created": 1_795_312_000,
        "currency": "eur",
        "metadata": {"order_id": "order-1001"},
        "outcome": {"network_status": "approved_by_network", "risk_score": 12},
        "payment_intent": "pi_bench00000000000000001",
        "payment_method_details": {"card": {"brand": "visa", "exp_year": 2030}, "type": "card"},
        "refunded": False,
        "status": "succeeded",
    }
    event = {"id": "evt_bench0000000000000001", "object": "event", "type": "charge.refunded"}
    fields = 0
    while True:
        text = json.dumps(event | {"data": {"object": charge}}, indent=2)
        if len(text) >= BODY_BYTES:
            return text.encode()
        charge[f"field_{fields:02}"] = {"id": f"obj_{fields:024}", "flag": True, "count": fields}
        fields += 1


def signed_request(text: bytes | None = None) -> dict[str, Any]:
    """Return the HTTP API event of that webhook, or of another body, signed now."""
    at, text = int(time.time()), text or body()
    signature = hmac.new(SECRET.encode(), b"%d.%s" % (at, text), hashlib.sha256).hexdigest()
    return {
        "version": "2.0",
        "pathParameters": {"gateway": "stripe", "account": "main"},
        "headers": {"stripe-signature": f"t={at},v1={signature}"},
        "body": text.decode(),
        "isBase64Encoded": False,
    }
