"""Drafts as a shop in Finland sends them, through the real handler."""

from typing import Any

from functions.issue_invoice.app import lambda_handler
from tests.support.aws_stack import Context
from tests.support.refund_stage import answered, http_event

HOURS = {
    "name": "Consulting",
    "quantity": "7.5",
    "unit": "HUR",
    "unit_price_minor": 90_00,
    "tax": {"category": "S", "rate": "25.5"},
}
BUYER = {
    "name": "Esimerkki Oy",
    "tax_id": "FI20774740",
    "address": {"lines": ["Testikuja 3"], "city": "Turku", "postal_code": "20100", "country": "FI"},
}


def draft(**fields: Any) -> dict[str, Any]:
    """Return a draft of 7.5 hours: 675.00 and tax of 172.13."""
    known = {"draft_id": "draft-1", "customer_id": "cus_1", "currency": "EUR", "lines": [HOURS]}
    return known | {"buyer": BUYER} | fields


def post(body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    """Have an invoice issued; return the status, and what is said."""
    event = http_event("POST /invoices", draft() if body is None else body, "shop")
    return answered(lambda_handler(event | {"headers": event["headers"] | headers}, Context()))
