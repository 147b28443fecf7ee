"""BTCPay's codes for a no: errors of its API, and how an invoice ends unpaid.

`field:` is for a request that doesn't validate, which names its fields instead of a code; `http:`
is a status that counts more than any code.
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
from kassa.gateways.parsing import Body, text

A, R = DeclineAction, DeclineReason

_API = "https://docs.btcpayserver.org/API/Greenfield/v1/"
_INVOICE = Codes(DeclineScope.PAYMENT, "https://docs.btcpayserver.org/Invoices/")
_CHECKOUT = Codes(DeclineScope.CHECKOUT, _API)
_REFUND = Codes(DeclineScope.REFUND, _API)
_ANYTHING = Codes(DeclineScope.ANYTHING, _API)

# An invoice's status, and its additional status where that says more
_OF_PAYMENTS = (
    *_INVOICE.soft(R.EXPIRED, A.TRY_LATER, "Expired"),
    *_INVOICE.hard(R.INSUFFICIENT_FUNDS, A.REVIEW, "PaidPartial"),
    *_INVOICE.hard(R.EXPIRED, A.REVIEW, "PaidLate"),
    *_INVOICE.hard(R.NOT_CONFIRMED, A.REVIEW, "Invalid not_confirmed"),
    *_INVOICE.hard(R.NOT_CONFIRMED, A.REVIEW, "Marked marked_invalid"),
)

# Nothing is made by a request that BTCPay refuses.
_OF_CHECKOUTS = (
    *_CHECKOUT.soft(  # no coin is set up, or has a rate now
        R.METHOD_NOT_SUPPORTED, A.FIX_ACCOUNT, "generic-error", unified_code="no_payment_method"
    ),
    *_CHECKOUT.soft(
        R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "field:amount", unified_code="amount_not_supported"
    ),
    *_CHECKOUT.soft(
        R.CURRENCY_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "field:currency",
        unified_code="currency_not_supported",
    ),
)

_OF_REFUNDS = (
    *_REFUND.hard(
        R.NOT_REFUNDABLE,
        A.REVIEW,
        "non-refundable field:payoutmethodid",
        unified_code="not_refundable",
    ),
    *_REFUND.hard(
        R.RATE_UNAVAILABLE,
        A.TRY_LATER,
        "rate-unavailable field:refundvariant",
        unified_code="rate_unavailable",
    ),
    *_REFUND.hard(
        R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "field:customamount", unified_code="amount_too_small"
    ),
    *_REFUND.hard(
        R.CURRENCY_NOT_SUPPORTED,
        A.REVIEW,
        "field:customcurrency",
        unified_code="currency_not_supported",
    ),
)

_OF_ANYTHING = (
    *_ANYTHING.soft(
        R.ACCESS_DENIED,
        A.FIX_ACCOUNT,
        "insufficient-api-permissions missing-permission store-not-found unauthenticated",
        "http:401 http:403",
        unified_code="access_denied",
    ),
    *_ANYTHING.hard(
        R.UNKNOWN_PAYMENT, A.REVIEW, "invoice-not-found", unified_code="unknown_payment"
    ),
)

DECLINES = declines((*_OF_PAYMENTS, *_OF_CHECKOUTS, *_OF_REFUNDS, *_OF_ANYTHING))


def by_status(status: int) -> GatewayRefused | None:
    """Return what a status alone says, where the body says nothing."""
    return _listed(f"http:{status}")


def by_code(problem: Body) -> GatewayRefused | None:
    """Return why, by the problem's code; nothing for a body that is no problem of BTCPay's."""
    code = text(problem.get("code"))
    return None if code is None else _listed(code) or GatewayRefused(code)


def by_fields(problems: list[Body]) -> GatewayRefused | None:
    """Return why a request didn't validate, by the field that was wrong.

    It names the fields; the first that is listed says why.
    """
    paths = [str(problem.get("path")).lower() for problem in problems if problem.get("path")]
    found = [refused for path in paths if (refused := _listed(f"field:{path}"))]
    if found:
        return found[0]
    return GatewayRefused(f"invalid_{paths[0]}", is_retryable=True) if paths else None


def _listed(code: str) -> GatewayRefused | None:
    listed = known(DECLINES, code, DeclineScope.ANYTHING)
    if listed is None:
        return None
    return GatewayRefused(listed.unified_code or code, is_retryable=listed.is_retryable)
