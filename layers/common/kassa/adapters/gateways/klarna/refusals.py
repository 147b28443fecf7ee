"""Why Klarna refused something, in our words: what a person reads before they decide anew."""

from kassa.adapters.gateways.http import HttpAnswer
from kassa.errors import GatewayRefused, GatewayUnavailable

# From the error tables of Klarna's Order Management, Payments and Hosted Payment Page.
_REASONS = {
    "REFUND_NOT_ALLOWED": "not_refundable",
    "CAPTURE_NOT_ALLOWED": "not_capturable",
    "NOT_ALLOWED": "not_allowed",
    "NO_SUCH_ORDER": "unknown_payment",
    "NO_SUCH_CAPTURE": "unknown_payment",
    "BAD_VALUE": "bad_value",
    "UNPROCESSABLE_ENTITY": "bad_value",
    "INVALID_ADDRESS": "bad_value",
    "UNSUPPORTED_MEDIA_TYPE": "bad_value",
    "UNAUTHORIZED": "access_denied",
}
_STATUSES = {
    400: "bad_value",
    401: "access_denied",
    403: "not_allowed",
    404: "unknown_payment",
    413: "bad_value",
    422: "bad_value",
}
# The request conflicts with another that is still on its way: nobody knows what that one does.
_UNKNOWN = (408, 409)


def reason(code: str | None, status: int) -> str:
    """Return why, and Klarna's own code where we have no word for it."""
    if status == 401:
        return "access_denied"
    return (
        _REASONS.get(code or "")
        or (code or "").lower()
        or _STATUSES.get(status, f"status_{status}")
    )


def refuse(answer: HttpAnswer, opens_page: bool = False) -> GatewayRefused:
    """Return the error for an answer that says no; raise where it leaves things unknown.

    A page that Klarna refused to open can't be paid, so that another gateway may do.
    """
    if answer.status in _UNKNOWN or not 400 <= answer.status < 500:
        raise GatewayUnavailable(f"klarna: status {answer.status}")
    try:
        code = answer.json().get("error_code")
    except GatewayUnavailable:  # a known no needs no words
        code = None
    said = reason(code if isinstance(code, str) else None, answer.status)
    return GatewayRefused(said, is_retryable=opens_page)
