"""Why Stripe refused a refund, in our words: what a person reads before they decide anew."""

# From "Error codes" and "Refund failures" in Stripe's documentation.
_REASONS = {
    "charge_already_refunded": "already_refunded",
    "charge_disputed": "disputed",
    "charge_not_refundable": "not_refundable",
    "refund_disputed_payment": "disputed",
    "balance_insufficient": "balance_insufficient",
    "insufficient_funds": "balance_insufficient",
    "amount_too_large": "over_what_is_left",
    "amount_too_small": "amount_too_small",
    "charge_expired_for_capture": "not_refundable",
    "resource_missing": "unknown_payment",
    "api_key_expired": "access_denied",
    "secret_key_required": "access_denied",
    "more_permissions_required": "access_denied",
}


def reason(code: str | None, param: str | None, status: int | None) -> str:
    """Return why; where Stripe names no code, what it points at, and else its own code."""
    if status in (401, 403):
        return "access_denied"
    if code is None and param == "amount":  # more than what is left of the charge
        return "over_what_is_left"
    return _REASONS.get(code or "", code or f"status_{status}")
