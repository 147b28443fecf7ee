"""Seven's codes for a no, of payments and of its API."""

from kassa.core.errors import GatewayRefused
from kassa.gateways.declines import (
    Codes,
    DeclineAction,
    DeclineReason,
    DeclineScope,
    declines,
    known,
)

A, R = DeclineAction, DeclineReason

_PAGE = "docs/adding-a-gateway.md"
_PAYMENT = Codes(DeclineScope.PAYMENT, _PAGE)
_REFUND = Codes(DeclineScope.REFUND, _PAGE)
_ANYTHING = Codes(DeclineScope.ANYTHING, _PAGE)

DECLINES = declines(
    (
        *_PAYMENT.soft(R.DO_NOT_HONOR, A.CONTACT_BANK, "declined"),
        *_REFUND.hard(R.OVER_WHAT_IS_LEFT, A.REVIEW, "over_what_is_left"),
        *_ANYTHING.soft(R.ACCESS_DENIED, A.FIX_ACCOUNT, "access_denied"),
        *_ANYTHING.hard(R.UNKNOWN_PAYMENT, A.REVIEW, "unknown_payment"),
    )
)


def refused(code: str, of: DeclineScope) -> GatewayRefused:
    """Return the error for a code, and whether another gateway may be tried."""
    listed = known(DECLINES, code, of)
    return GatewayRefused(code, is_retryable=listed is not None and listed.is_retryable)
