"""Ten refund rules as a programmer writes them when no finance person is to change them."""

from typing import Any


def decide(inputs: Any) -> tuple[str, str]:  # noqa: C901
    """Return what is decided and the rule that says so; the table of bench.decisions in Python."""
    amount = inputs.amount
    is_euro, minor = amount.currency == "EUR", amount.amount_minor
    if inputs.has_open_dispute:
        return "escalate", "R1"
    if inputs.risk_score > 80:
        return "escalate", "R2"
    if inputs.payment_age_days > 365:
        return "reject", "R3"
    if inputs.requests_customer_day is not None and inputs.requests_customer_day > 3:
        return "escalate", "R4"
    if inputs.gateway_risk in ("elevated", "highest"):
        return "escalate", "R5"
    if inputs.reason == "charged_twice" and is_euro and minor <= 300_00:
        return "approve", "R6"
    if (
        is_euro
        and minor <= 50_00
        and inputs.payment_age_days <= 30
        and inputs.reason in ("not_received", "damaged", "not_as_described")
        and inputs.risk_score <= 40
    ):
        return "approve", "R7"
    if (
        amount.currency == "JPY"
        and minor <= 6_000
        and inputs.payment_age_days <= 30
        and inputs.reason in ("not_received", "damaged", "not_as_described")
        and inputs.risk_score <= 40
    ):
        return "approve", "R8"
    if (
        is_euro
        and 50_00 < minor <= 120_00
        and inputs.customer_payments is not None
        and inputs.customer_payments > 5
        and inputs.refund_share_percent is not None
        and inputs.refund_share_percent <= 20
    ):
        return "approve", "R9"
    if inputs.category in ("gift_card", "digital") and inputs.payment_age_days > 14:
        return "reject", "R10"
    return "escalate", "otherwise"
