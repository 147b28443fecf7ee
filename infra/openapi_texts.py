"""What the API's description says beside its routes: shared answers, headers and examples."""

from typing import Any

from kassa.http_api.errors import CODES, ErrorType
from kassa.http_api.requests import VERSIONS

DESCRIPTION = """\
Orders and their payment pages, what Kassa's books say of payments, and the refunds of payments.

Amounts are integers in minor units: 10000 is 100.00 EUR and 10000 JPY. Instants are UTC. Every
refusal has one form, `{"error": {"type", "code", "param", "message", "request_id"}}`: branch on
`type` and `code`, show `message` to people. What API Gateway answers by itself (429, and 500 or 503
when a function didn't answer) is `{"message"}`. docs/api.md is the guide."""

HEADERS = {
    "x-request-id": ("The request's id, as our logs have it.", {"type": "string"}),
    "Kassa-Version": (
        "The version that the answer is of.",
        {"type": "string", "enum": list(VERSIONS)},
    ),
}
PARAMETERS = {
    "Kassa-Version": (
        "The version to answer in; the newest without it.",
        {"type": "string", "enum": list(VERSIONS)},
    ),
    "Idempotency-Key": (
        "For 24 hours, the same request with the same key gets the same answer.",
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    ),
}
ALWAYS = (400, 401, 403, 429, 500, 503)  # what any route may answer
WITH_BODY = (409, 413, 415)
INTERNAL, TOO_MANY = 500, 429
BY_GATEWAY = {
    "description": "Too many requests: API Gateway answers this by itself, in its own form."
    " Slow down.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "properties": {"message": {"type": "string"}}},
            "example": {"message": "Too Many Requests"},
        }
    },
}
Described = dict[str, tuple[str, dict[str, Any]]]
CHALLENGE: Described = {
    "WWW-Authenticate": (
        "How to show a key; API Gateway may call it x-amzn-remapped-www-authenticate.",
        {"type": "string"},
    )
}
RETRY: Described = {"Retry-After": ("Seconds until it is worth asking again.", {"type": "string"})}
REPLAYED: Described = {
    "Idempotent-Replayed": (
        "Whether this was answered before, under the same Idempotency-Key.",
        {"type": "string", "enum": ["true"]},
    )
}

SMALL = {
    "id": "small",
    "name": "Small is paid at once",
    "when": {"amount": {"up_to": "50.00 EUR"}},
    "then": "approve",
}
REQUESTS: dict[str, dict[str, Any]] = {
    "openCheckout": {
        "order_id": "order-1042",
        "amount_minor": 19_900,
        "currency": "EUR",
        "lines": [{"name": "Desk lamp", "quantity": 2, "amount_minor": 19_900, "sku": "LAMP-2"}],
        "country": "FI",
        "language": "fi",
        "customer_id": "customer-77",
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
    },
    "requestWindow": {"first": "2026-11-01", "last": "2026-11-17"},
    "requestRefund": {
        "order_id": "order-1042",
        "amount_minor": 9_950,
        "reason": "damaged",
        "comment": "One of the two lamps came broken.",
        "claim_id": "ticket-5510",
    },
    "enterPayment": {
        "method": "cash",
        "account": "till-1",
        "amount_minor": 19_900,
        "currency": "EUR",
        "received_on": "2026-11-29",
        "order_id": "order-1042",
        "reference": "slip-4711",
        "entry_id": "till-1/2026-11-29/4711",
    },
    "applyPayment": {"invoice_number": "2026-00000042"},
    "giveBackPayment": {"amount_minor": 9_950, "currency": "EUR", "given_on": "2026-11-30"},
    "eraseCustomer": {"confirm": "customer-77"},
    "reversePayment": {"reason": "bounced", "reversed_on": "2026-12-02"},
    "answerDispute": {
        "statement": "The parcel was handed over on 20 November.",
        "carrier": "Posti",
        "tracking_number": "JJFI64600000001",
    },
    "decideRefund": {"amount_minor": 9_950, "currency": "EUR"},
    "issueReceipts": {"payment_id": "mp_0123456789abcdef01234567"},
    "issueInvoice": {
        "draft_id": "2026-0042",
        "customer_id": "customer-77",
        "buyer": {
            "name": "Example Buyer Oy",
            "tax_id": "FI20774740",
            "address": {"lines": ["Example Road 2"], "city": "Turku", "country": "FI"},
        },
        "currency": "EUR",
        "lines": [
            {
                "name": "Consulting",
                "quantity": "7.5",
                "unit": "HUR",
                "unit_price_minor": 9_000,
                "tax": {"category": "S", "rate": "25.5"},
            }
        ],
        "languages": ["fi"],
        "payment_terms_days": 14,
    },
    "addWebhookEndpoint": {
        "url": "https://shop.example/hooks",
        "events": ["Payment*", "RefundFailed"],
        "description": "tells the shop what was paid",
    },
    "changeWebhookEndpoint": {"events": ["*"]},
    "rotateWebhookSecret": {"overlap_hours": 24},
    "testWebhookEndpoint": {"comment": "from the new office"},
    "replayWebhooks": {
        "from": "2026-11-21T09:00:00Z",
        "to": "2026-11-22T09:00:00Z",
        "missed_only": True,
    },
    "redriveDelivery": {"reason": "their certificate is mended"},
    "liftSuppression": {"address": "jane@buyer.example", "reason": "their mailbox was full"},
    "decideInvoice": {"reason": "issued twice, see 2026-00000016"},
    "resolveAttempt": {"outcome": "failed", "reason": "the gateway's dashboard has no such page"},
    "sendPaymentLink": {},
    "saveSeller": {
        "party": {
            "name": "Example Shop Oy",
            "address": {
                "lines": ["Example Road 1"],
                "city": "Helsinki",
                "postal_code": "00100",
                "country": "FI",
            },
            "tax_id": "FI01120389",
            "endpoint": {"scheme": "0216", "value": "003701120389"},
        },
        "bank_accounts": [{"account": "FI21 1234 5600 0007 85", "bic": "NDEAFIHH"}],
        "profile": "peppol",
    },
    "requestSignInCode": {"email": "jane@buyer.example", "language": "fi"},
    "beginSession": {"code_id": "3f" * 32, "code": "4829 1357"},
    "savePolicy": {
        "note": "Our first policy",
        "rules": [SMALL],
    },
    "pauseReminders": {
        "customer_id": "customer-1042",
        "until": "2026-12-31",
        "reason": "talks about a rate plan",
    },
    "resumeReminders": {"customer_id": "customer-1042"},
    "tryReminderPolicy": {"policy": {"steps": [{"days": 3, "tone": "neutral"}]}, "days": 30},
    "tryPolicy": {
        "policy": {"note": "Our next policy", "rules": [SMALL]},
        "last_days": 30,
    },
}


def meaning(status: int) -> str:
    """Return what a refusal of a status may mean: its codes, each with what to do."""
    codes = [(name, code) for name, code in CODES.items() if code.status == status]
    return "; ".join(f"`{name}`: {code.meaning}" for name, code in codes) + "."


def example(status: int) -> dict[str, Any]:
    """Return a refusal of a status, as an example."""
    name, code = next((name, code) for name, code in CODES.items() if code.status == status)
    param = "amount_minor" if code.type is ErrorType.INVALID_REQUEST else None
    error = {"type": code.type, "code": name, "param": param, "message": code.meaning}
    return {"error": error | {"request_id": "Vq3xHhWjDoEEPKg="}}
