"""Why Stripe refused, in our words: what a person reads before they decide anew.

Also as a table: after which refusals of a hosted page another gateway may be tried.
"""

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
    "account_invalid": "access_denied",
    "country_unsupported": "country_not_taken",
    "invalid_charge_amount": "amount_not_taken",
    "payment_method_unsupported_type": "method_not_taken",
    "platform_api_key_expired": "access_denied",
    "testmode_charges_only": "access_denied",
}
_BY_PARAMETER = {  # where Stripe names no code: what its refusal points at
    "amount": "over_what_is_left",  # of a charge
    "currency": "currency_not_taken",
    "payment_method_options": "method_not_taken",
    "payment_method_types": "method_not_taken",
}

# Nothing was or can be paid by what was refused so, and another gateway may do.
RETRYABLE = frozenset(
    {
        *("access_denied", "amount_not_taken", "amount_too_large", "amount_too_small"),
        *("country_not_taken", "currency_not_taken", "method_not_taken"),
    }
)


def reason(code: str | None, param: str | None, status: int | None) -> str:
    """Return why; where Stripe names no code, what it points at, and else its own code."""
    if status in (401, 403):
        return "access_denied"
    pointed_at = (param or "").rpartition("[price_data]")[2].strip("[]").partition("[")[0]
    if code is None and pointed_at in _BY_PARAMETER:
        return _BY_PARAMETER[pointed_at]
    return _REASONS.get(code or "", code or f"status_{status}")
