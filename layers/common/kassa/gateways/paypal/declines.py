"""PayPal's codes for a no: issues of its API, processor response codes, and statuses' reasons.

Issues are of Orders v2 and Payments v2; those of what Kassa never requests (patches, vaulted means
of payment, saved orders, subscriptions) aren't here and pass through. Cards'
processors have codes in a file of their own.

Another gateway may be tried where nothing was paid and nothing can be by this attempt any more,
which is true of a refusal to open a checkout, and of one whose buyer's instrument was declined.
"""

from kassa.core.errors import GatewayRefused
from kassa.gateways.declines import (
    Codes,
    DeclineAction,
    DeclineReason,
    DeclineScope,
    declines,
    known,
)
from kassa.gateways.parsing import Body, parts, text
from kassa.gateways.paypal.processor_codes import PROCESSOR_CODES

A, R = DeclineAction, DeclineReason

_ORDERS = "https://developer.paypal.com/api/rest/reference/orders/v2/errors/"
_PAYMENTS = "https://developer.paypal.com/api/rest/reference/payments/v2/errors/"
_STATUS = Codes(
    DeclineScope.PAYMENT,
    "https://developer.paypal.com/docs/api/payments/v2/#definition-capture_status_details",
)
_PAYMENT = Codes(DeclineScope.PAYMENT, _ORDERS)
_CHECKOUT = Codes(DeclineScope.CHECKOUT, _ORDERS)
_REFUND = Codes(DeclineScope.REFUND, _PAYMENTS)
_ANYTHING = Codes(DeclineScope.ANYTHING, _ORDERS)

_OF_PAYMENTS = (
    *_PAYMENT.soft(
        R.DO_NOT_HONOR,
        A.TRY_OTHER_METHOD,
        "INSTRUMENT_DECLINED TRANSACTION_REFUSED PAYER_CANNOT_PAY",
        unified_code="declined",
    ),
    *_PAYMENT.soft(
        R.DO_NOT_HONOR,
        A.TRY_OTHER_METHOD,
        "ALIAS_DECLINED_BY_PROCESSOR PAYMENT_SOURCE_DECLINED_BY_PROCESSOR",
        "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING AUTHORIZATION_DENIED",
    ),
    *_PAYMENT.soft(
        R.ACCOUNT_CLOSED,
        A.TRY_OTHER_METHOD,
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED",
        unified_code="declined",
    ),
    *_PAYMENT.soft(
        R.LIMIT_EXCEEDED,
        A.TRY_OTHER_METHOD,
        "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
        unified_code="declined",
    ),
    *_PAYMENT.soft(
        R.LIMIT_EXCEEDED,
        A.TRY_OTHER_METHOD,
        "TRANSACTION_LIMIT_EXCEEDED TRANSACTION_RECEIVING_LIMIT_EXCEEDED MAX_VALUE_EXCEEDED",
        unified_code="over_a_limit",
    ),
    *_PAYMENT.hard(
        R.BLOCKED,
        A.DO_NOT_RETRY,
        "TRANSACTION_BLOCKED_BY_PAYEE PAYEE_BLOCKED_TRANSACTION COMPLIANCE_VIOLATION",
        unified_code="declined",
    ),
    *_PAYMENT.hard(R.BLOCKED, A.DO_NOT_RETRY, "DECLINED_DUE_TO_RELATED_TXN"),
    *_PAYMENT.soft(R.CARD_EXPIRED, A.TRY_OTHER_METHOD, "CARD_EXPIRED REFERENCED_CARD_EXPIRED"),
    *_PAYMENT.soft(
        R.INVALID_DETAILS,
        A.FIX_DETAILS,
        "BILLING_ADDRESS_INVALID CARD_EXPIRY_REQUIRED CARD_NUMBER_REQUIRED CITY_REQUIRED",
        "INVALID_EXPIRY_DATE INVALID_IBAN INVALID_SECURITY_CODE_LENGTH POSTAL_CODE_REQUIRED",
        "SHIPPING_ADDRESS_INVALID PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED",
    ),
    *_PAYMENT.soft(R.AUTHENTICATION_REQUIRED, A.AUTHENTICATE, "PAYER_ACTION_REQUIRED"),
    *_PAYMENT.soft(R.CONSENT_WITHDRAWN, A.TRY_OTHER_METHOD, "AGREEMENT_ALREADY_CANCELLED"),
    *_PAYMENT.soft(
        R.EXPIRED,
        A.TRY_LATER,
        "AUTHORIZATION_EXPIRED AUTHORIZATION_VOIDED ORDER_EXPIRED PREVIOUSLY_VOIDED TOKEN_EXPIRED",
    ),
    *_PAYMENT.hard(
        R.ALREADY_PAID,
        A.DO_NOT_RETRY,
        "DUPLICATE_INVOICE_ID ORDER_ALREADY_CAPTURED",
        unified_code="already_paid",
    ),
    *_PAYMENT.hard(
        R.ALREADY_PAID,
        A.DO_NOT_RETRY,
        "AUTHORIZATION_ALREADY_CAPTURED ORDER_ALREADY_AUTHORIZED ORDER_ALREADY_COMPLETED",
        "ORDER_COMPLETED_OR_VOIDED PREVIOUSLY_CAPTURED MAX_CAPTURE_COUNT_EXCEEDED",
        "MAX_AUTHORIZATION_COUNT_EXCEEDED PAYMENT_ALREADY_APPROVED",
    ),
    *_PAYMENT.hard(R.NOT_APPROVED, A.TRY_LATER, "ORDER_NOT_APPROVED", unified_code="not_approved"),
    *_PAYMENT.hard(R.NOT_APPROVED, A.TRY_LATER, "CONSENT_NEEDED ORDER_IS_PENDING_APPROVAL"),
    # Why a capture is denied, or still pending
    *_STATUS.hard(R.DISPUTED, A.REVIEW, "BUYER_COMPLAINT CHARGEBACK"),
    *_STATUS.hard(R.ALREADY_REFUNDED, A.REVIEW, "REFUNDED"),
    *_STATUS.hard(
        R.PROCESSING_ERROR,
        A.TRY_LATER,
        "ECHECK PENDING_REVIEW TRANSACTION_APPROVED_AWAITING_FUNDING",
    ),
    *_STATUS.hard(
        R.ACCOUNT_RESTRICTED,
        A.FIX_ACCOUNT,
        "INTERNATIONAL_WITHDRAWAL RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION UNILATERAL",
        "VERIFICATION_REQUIRED",
    ),
    *_STATUS.hard(R.UNKNOWN, A.REVIEW, "OTHER"),
)

_OF_CHECKOUTS = (
    *_CHECKOUT.soft(
        R.COUNTRY_NOT_SUPPORTED,
        A.REVIEW,
        "DOMESTIC_TRANSACTION_REQUIRED",
        unified_code="not_for_this_country",
    ),
    *_CHECKOUT.soft(
        R.COUNTRY_NOT_SUPPORTED,
        A.REVIEW,
        "COUNTRY_NOT_SUPPORTED_BY_PAYMENT_SOURCE IBAN_COUNTRY_NOT_SUPPORTED",
        "PAYEE_COUNTRY_NOT_SUPPORTED_FOR_PAYMENT_SOURCE",
    ),
    *_CHECKOUT.soft(
        R.METHOD_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "PAYMENT_SOURCE_NOT_SUPPORTED NOT_ENABLED_FOR_CARD_PROCESSING",
        unified_code="method_not_supported",
    ),
    *_CHECKOUT.soft(
        R.METHOD_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "BANK_NOT_SUPPORTED_FOR_VERIFICATION CARD_BRAND_NOT_SUPPORTED CARD_TYPE_NOT_SUPPORTED",
        "ITEM_CATEGORY_NOT_SUPPORTED_BY_PAYMENT_SOURCE NOT_ENABLED_FOR_APPLE_PAY",
        "NOT_ENABLED_FOR_BANK_PROCESSING NOT_ENABLED_FOR_GOOGLE_PAY",
        "PAYEE_NOT_ENABLED_FOR_BANK_PROCESSING PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING",
        "PAYMENT_SOURCE_CANNOT_BE_USED PAYMENT_TYPE_NOT_SUPPORTED_FOR_INTENT SETUP_ERROR_FOR_BANK",
        "UNSUPPORTED_INTENT_FOR_PAYMENT_SOURCE",
    ),
    *_CHECKOUT.soft(
        R.CURRENCY_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "CURRENCY_NOT_SUPPORTED DECIMALS_NOT_SUPPORTED INVALID_CURRENCY_CODE",
        unified_code="currency_not_supported",
    ),
    *_CHECKOUT.soft(
        R.CURRENCY_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "CURRENCY_NOT_SUPPORTED_FOR_BANK CURRENCY_NOT_SUPPORTED_FOR_CARD_TYPE",
        "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY",
    ),
    *_CHECKOUT.soft(
        R.ACCOUNT_RESTRICTED,
        A.FIX_ACCOUNT,
        "PAYEE_ACCOUNT_INVALID PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED",
        unified_code="account_restricted",
    ),
    *_CHECKOUT.soft(
        R.ACCOUNT_RESTRICTED,
        A.FIX_ACCOUNT,
        "AUTH_CAPTURE_NOT_ENABLED INVALID_ACCOUNT_STATUS PAYEE_ACCOUNT_NOT_VERIFIED",
        "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE NOT_ELIGIBLE_FOR_PAYPAL_TRANSACTION_ID_PROCESSING",
        "NOT_ELIGIBLE_FOR_PNREF_PROCESSING NOT_ELIGIBLE_FOR_TOKEN_PROCESSING",
        "PAYEE_PRICING_TIER_ID_NOT_ENABLED PLATFORM_FEE_NOT_ENABLED",
    ),
)

_OF_REFUNDS = (
    *_REFUND.hard(
        R.ALREADY_REFUNDED,
        A.DO_NOT_RETRY,
        "CAPTURE_FULLY_REFUNDED",
        unified_code="already_refunded",
    ),
    *_REFUND.hard(
        R.OVER_WHAT_IS_LEFT, A.REVIEW, "REFUND_AMOUNT_EXCEEDED", unified_code="over_what_is_left"
    ),
    *_REFUND.hard(
        R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "REFUND_AMOUNT_TOO_LOW", unified_code="amount_too_small"
    ),
    *_REFUND.hard(
        R.BALANCE_INSUFFICIENT,
        A.FIX_ACCOUNT,
        "REFUND_FAILED_INSUFFICIENT_FUNDS",
        unified_code="balance_insufficient",
    ),
    *_REFUND.hard(
        R.DISPUTED,
        A.REVIEW,
        "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK TRANSACTION_DISPUTED",
        unified_code="disputed",
    ),
    *_REFUND.hard(R.TOO_OLD, A.REVIEW, "REFUND_TIME_LIMIT_EXCEEDED", unified_code="too_old"),
    *_REFUND.hard(
        R.NOT_REFUNDABLE,
        A.REVIEW,
        "MAX_NUMBER_OF_REFUNDS_EXCEEDED PARTIAL_REFUND_NOT_ALLOWED REFUND_IS_RESTRICTED",
        "REFUND_NOT_ALLOWED",
        unified_code="not_refundable",
    ),
    *_REFUND.hard(R.NOT_CAPTURED, A.TRY_LATER, "PENDING_CAPTURE", unified_code="not_captured"),
    *_REFUND.hard(
        R.OTHER_CURRENCY,
        A.FIX_REQUEST,
        "CURRENCY_MISMATCH REFUND_CAPTURE_CURRENCY_MISMATCH",
        unified_code="other_currency",
    ),
    *_REFUND.hard(R.PROCESSING_ERROR, A.TRY_LATER, "ECHECK"),
)

_OF_ANYTHING = (
    *_ANYTHING.soft(
        R.ACCESS_DENIED,
        A.FIX_ACCOUNT,
        "AUTHENTICATION_FAILURE NOT_AUTHORIZED PERMISSION_DENIED http:401 http:403",
        unified_code="access_denied",
    ),
    *_ANYTHING.hard(
        R.UNKNOWN_PAYMENT,
        A.REVIEW,
        "INVALID_RESOURCE_ID RESOURCE_NOT_FOUND",
        unified_code="unknown_payment",
    ),
    *_ANYTHING.hard(
        R.PROCESSING_ERROR,
        A.TRY_LATER,
        "ORDER_COMPLETION_IN_PROGRESS PREVIOUS_REQUEST_IN_PROGRESS",
    ),
    *_ANYTHING.hard(
        R.INVALID_REQUEST,
        A.FIX_REQUEST,
        "CANNOT_BE_NEGATIVE CANNOT_BE_ZERO_OR_NEGATIVE DECIMAL_PRECISION INVALID_COUNTRY_CODE",
        "INVALID_PARAMETER INVALID_PARAMETER_SYNTAX INVALID_PARAMETER_VALUE INVALID_STRING_LENGTH",
        "INVALID_STRING_MAX_LENGTH ITEM_TOTAL_MISMATCH ITEM_TOTAL_REQUIRED MALFORMED_REQUEST_JSON",
        "MISSING_REQUIRED_PARAMETER TAX_TOTAL_MISMATCH TAX_TOTAL_REQUIRED UNSUPPORTED_INTENT",
        "AMOUNT_MISMATCH INCOMPATIBLE_PARAMETER_VALUE MULTI_CURRENCY_ORDER",
    ),
)

DECLINES = declines((*_OF_PAYMENTS, *PROCESSOR_CODES, *_OF_CHECKOUTS, *_OF_REFUNDS, *_OF_ANYTHING))

# The buyer can't pay by this order, or not yet: nothing was taken, and the checkout stays open. An
# invoice that was paid by another order stays so, and this one's checkout is of no use.
_NO_DECLINES = {DeclineReason.ALREADY_PAID, DeclineReason.EXPIRED, DeclineReason.NOT_APPROVED}
BUYER_DECLINES = {"DUPLICATE_INVOICE_ID"} | {
    row.code
    for row in DECLINES.values()
    if row.of is DeclineScope.PAYMENT and row.reason not in _NO_DECLINES
}


def issue(status: int, body: Body) -> str:
    """Return PayPal's own code for a refusal: the issue, or else the error's name."""
    named = next((text(one.get("issue")) for one in parts(body, "details")), None)
    return named or text(body.get("name")) or text(body.get("error")) or f"status_{status}"


def refused(status: int, body: Body, of: DeclineScope = DeclineScope.ANYTHING) -> GatewayRefused:
    """Return what a refusal means to us; PayPal's own code where we have none for it."""
    named = f"http:{status}" if status in (401, 403) else issue(status, body)
    listed = known(DECLINES, named, of)
    if listed is None:
        return GatewayRefused(named.lower())
    return GatewayRefused(listed.unified_code or named.lower(), is_retryable=listed.is_retryable)
