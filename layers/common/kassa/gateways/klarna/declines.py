"""Klarna's codes for a no: of Order Management, Payments and the Hosted Payment Page.

Klarna decides by itself whether a customer may pay and gives no reason for a no: a checkout is
`FAILED`, an order's `fraud_status` `REJECTED`. `http:` is a status whose body names no code.
"""

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.declines import (
    Codes,
    DeclineAction,
    DeclineReason,
    DeclineScope,
    declines,
    known,
)
from kassa.gateways.http import HttpAnswer

A, R = DeclineAction, DeclineReason

_PAGES = "https://docs.klarna.com/resources/developer-tools/error-handling"
_ORDERS = f"{_PAGES}/error-codes-and-messages-for-order-management"
_CHECKOUT = Codes(
    DeclineScope.CHECKOUT,
    "https://docs.klarna.com/resources/error-details/errors-in-klarna-payments",
)
_PAYMENT = Codes(DeclineScope.PAYMENT, _ORDERS)
_FRAUD = Codes(DeclineScope.PAYMENT, "https://docs.klarna.com/order-management/pending-orders/")
_PAGE = Codes(
    DeclineScope.PAYMENT, "https://docs.klarna.com/hosted-payment-page/api-documentation/"
)
_REFUND = Codes(DeclineScope.REFUND, _ORDERS)
_ANYTHING = Codes(DeclineScope.ANYTHING, _ORDERS)

_OF_PAYMENTS = (
    *_FRAUD.soft(R.FRAUD_SUSPECTED, A.TRY_OTHER_METHOD, "REJECTED STOPPED"),
    *_PAGE.soft(R.DO_NOT_HONOR, A.TRY_OTHER_METHOD, "FAILED"),
    *_PAGE.soft(R.CANCELED_BY_CUSTOMER, A.TRY_OTHER_METHOD, "BACK CANCELLED"),
    *_PAGE.soft(R.EXPIRED, A.TRY_LATER, "DISABLED EXPIRED"),
    *_PAYMENT.hard(R.NOT_APPROVED, A.REVIEW, "CAPTURE_NOT_ALLOWED", unified_code="not_capturable"),
)

# A checkout that isn't opened can't be paid, so that another gateway may do, whatever the code is.
_OF_CHECKOUTS = (
    *_CHECKOUT.soft(
        R.INVALID_REQUEST,
        A.FIX_REQUEST,
        "BAD_VALUE INVALID_ADDRESS UNPROCESSABLE_ENTITY UNSUPPORTED_MEDIA_TYPE",
        "http:400 http:413 http:422",
        unified_code="bad_value",
    ),
    *_CHECKOUT.soft(R.INVALID_REQUEST, A.FIX_REQUEST, "BAD_REQUEST INVALID_OPERATION"),
    *_CHECKOUT.soft(R.ACCOUNT_RESTRICTED, A.FIX_ACCOUNT, "MERCHANT_INACTIVE"),
    *_CHECKOUT.soft(R.ALREADY_PAID, A.REVIEW, "SESSION_COMPLETED"),
    *_CHECKOUT.soft(R.DO_NOT_HONOR, A.TRY_OTHER_METHOD, "REJECTED"),
)

_OF_REFUNDS = (
    *_REFUND.hard(R.NOT_REFUNDABLE, A.REVIEW, "REFUND_NOT_ALLOWED", unified_code="not_refundable"),
    *_REFUND.hard(R.UNKNOWN_PAYMENT, A.REVIEW, "NO_SUCH_CAPTURE", unified_code="unknown_payment"),
    *_REFUND.hard(
        R.INVALID_REQUEST,
        A.FIX_REQUEST,
        "BAD_VALUE UNPROCESSABLE_ENTITY http:400 http:413 http:422",
        unified_code="bad_value",
    ),
    *_REFUND.hard(R.INVALID_REQUEST, A.FIX_REQUEST, "REQUEST_TOO_LARGE"),
)

_OF_ANYTHING = (
    *_ANYTHING.hard(
        R.ACCESS_DENIED, A.FIX_ACCOUNT, "UNAUTHORIZED http:401", unified_code="access_denied"
    ),
    *_ANYTHING.hard(R.NOT_SUPPORTED, A.REVIEW, "NOT_ALLOWED http:403", unified_code="not_allowed"),
    *_ANYTHING.hard(
        R.UNKNOWN_PAYMENT, A.REVIEW, "NO_SUCH_ORDER http:404", unified_code="unknown_payment"
    ),
    *_ANYTHING.hard(R.UNKNOWN_PAYMENT, A.REVIEW, "NOT_FOUND"),
)

DECLINES = declines((*_OF_PAYMENTS, *_OF_CHECKOUTS, *_OF_REFUNDS, *_OF_ANYTHING))

# The request conflicts with another that is still on its way: nobody knows what that one does.
_UNKNOWN = (408, 409)


def reason(code: str | None, status: int) -> str:
    """Return why, and Klarna's own code where we have none for it."""
    if status == 401 or not code:
        return _unified_code(f"http:{status}") or f"status_{status}"
    return _unified_code(code) or code.lower()


def _unified_code(code: str) -> str | None:
    listed = known(DECLINES, code, DeclineScope.ANYTHING)
    return listed.unified_code if listed else None


def refuse(answer: HttpAnswer, opens_page: bool = False) -> GatewayRefused:
    """Return the error for an answer that says no; raise where it leaves things unknown.

    A checkout that Klarna refused to open can't be paid, so that another gateway may do.
    """
    if answer.status in _UNKNOWN or not 400 <= answer.status < 500:
        raise GatewayUnavailable(f"klarna: status {answer.status}")
    try:
        code = answer.json().get("error_code")
    except GatewayUnavailable:  # a known no needs no words
        code = None
    decline_reason = reason(code if isinstance(code, str) else None, answer.status)
    return GatewayRefused(decline_reason, is_retryable=opens_page)
