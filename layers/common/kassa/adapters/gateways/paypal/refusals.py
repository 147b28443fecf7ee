"""Why PayPal refused, in our words, and whether another gateway may be tried instead.

Another may be tried where nothing was paid and nothing can be by this attempt any more, which is
true of a refusal to open a page, and of a page whose buyer's instrument was declined.
"""

from kassa.adapters.gateways.bodies import Body, parts, word
from kassa.adapters.gateways.refusals import Refusal
from kassa.errors import GatewayRefused

# From "Errors" of PayPal's Orders v2 and Payments v2.
_REFUSALS = {
    # of a refund
    "CAPTURE_FULLY_REFUNDED": Refusal("already_refunded"),
    "REFUND_AMOUNT_EXCEEDED": Refusal("over_what_is_left"),
    "REFUND_AMOUNT_TOO_LOW": Refusal("amount_too_small"),
    "REFUND_FAILED_INSUFFICIENT_FUNDS": Refusal("balance_insufficient"),
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": Refusal("disputed"),
    "TRANSACTION_DISPUTED": Refusal("disputed"),
    "REFUND_TIME_LIMIT_EXCEEDED": Refusal("too_old"),
    "REFUND_NOT_ALLOWED": Refusal("not_refundable"),
    "REFUND_IS_RESTRICTED": Refusal("not_refundable"),
    "PARTIAL_REFUND_NOT_ALLOWED": Refusal("not_refundable"),
    "MAX_NUMBER_OF_REFUNDS_EXCEEDED": Refusal("not_refundable"),
    "PENDING_CAPTURE": Refusal("not_captured"),
    "INVALID_RESOURCE_ID": Refusal("unknown_payment"),
    "RESOURCE_NOT_FOUND": Refusal("unknown_payment"),
    "REFUND_CAPTURE_CURRENCY_MISMATCH": Refusal("other_currency"),
    "CURRENCY_MISMATCH": Refusal("other_currency"),
    # of a payment
    "INSTRUMENT_DECLINED": Refusal("declined", is_retryable=True),
    "TRANSACTION_REFUSED": Refusal("declined", is_retryable=True),
    "TRANSACTION_BLOCKED_BY_PAYEE": Refusal("declined"),
    "PAYEE_BLOCKED_TRANSACTION": Refusal("declined"),
    "COMPLIANCE_VIOLATION": Refusal("declined"),
    "DOMESTIC_TRANSACTION_REQUIRED": Refusal("not_for_this_country", is_retryable=True),
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": Refusal("declined", is_retryable=True),
    "PAYER_ACCOUNT_RESTRICTED": Refusal("declined", is_retryable=True),
    "PAYER_CANNOT_PAY": Refusal("declined", is_retryable=True),
    "TRANSACTION_LIMIT_EXCEEDED": Refusal("over_a_limit", is_retryable=True),
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED": Refusal("over_a_limit", is_retryable=True),
    "MAX_VALUE_EXCEEDED": Refusal("over_a_limit", is_retryable=True),
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": Refusal("declined", is_retryable=True),
    "PAYMENT_SOURCE_NOT_SUPPORTED": Refusal("method_not_supported", is_retryable=True),
    "NOT_ENABLED_FOR_CARD_PROCESSING": Refusal("method_not_supported", is_retryable=True),
    "INVALID_CURRENCY_CODE": Refusal("currency_not_supported", is_retryable=True),
    "CURRENCY_NOT_SUPPORTED": Refusal("currency_not_supported", is_retryable=True),
    "DECIMALS_NOT_SUPPORTED": Refusal("currency_not_supported", is_retryable=True),
    "PAYEE_ACCOUNT_LOCKED_OR_CLOSED": Refusal("account_restricted", is_retryable=True),
    "PAYEE_ACCOUNT_RESTRICTED": Refusal("account_restricted", is_retryable=True),
    "PAYEE_ACCOUNT_INVALID": Refusal("account_restricted", is_retryable=True),
    "DUPLICATE_INVOICE_ID": Refusal("already_paid"),
    "ORDER_ALREADY_CAPTURED": Refusal("already_paid"),
    "ORDER_NOT_APPROVED": Refusal("not_approved"),
    # of anything
    "PERMISSION_DENIED": Refusal("access_denied"),
    "NOT_AUTHORIZED": Refusal("access_denied"),
    "AUTHENTICATION_FAILURE": Refusal("access_denied"),
}

# The buyer can't pay by this order, or not yet: nothing was taken, and the page stays open.
DECLINES = {
    "INSTRUMENT_DECLINED",
    "TRANSACTION_REFUSED",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
    "PAYER_ACCOUNT_RESTRICTED",
    "PAYER_CANNOT_PAY",
    "TRANSACTION_LIMIT_EXCEEDED",
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
    "TRANSACTION_BLOCKED_BY_PAYEE",
    "PAYEE_BLOCKED_TRANSACTION",
    "COMPLIANCE_VIOLATION",
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
    "PAYER_ACTION_REQUIRED",
    "DUPLICATE_INVOICE_ID",
}


def issue(status: int, said: Body) -> str:
    """Return PayPal's own word for a refusal: the issue, or else the error's name."""
    named = next((word(one.get("issue")) for one in parts(said, "details")), None)
    return named or word(said.get("name")) or word(said.get("error")) or f"status_{status}"


def refused(status: int, said: Body) -> GatewayRefused:
    """Return what a refusal means to us; PayPal's own word where we have none for it."""
    if status in (401, 403):
        return GatewayRefused("access_denied")
    named = issue(status, said)
    known = _REFUSALS.get(named, Refusal(named.lower()))
    return GatewayRefused(known.reason, is_retryable=known.is_retryable)
