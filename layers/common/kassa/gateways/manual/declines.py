"""Why a payment that a person entered was reversed, in the codes of all gateways.

Nothing is ever submitted here, so that there are no refusals of checkouts or refunds.
"""

from kassa.gateways.declines import Codes, DeclineAction, DeclineReason, DeclineScope, declines

A, R = DeclineAction, DeclineReason

_PAYMENT = Codes(DeclineScope.PAYMENT, "docs/payments-by-hand.md")

DECLINES = declines(
    (
        *_PAYMENT.soft(R.DO_NOT_HONOR, A.TRY_OTHER_METHOD, "bounced"),
        *_PAYMENT.hard(R.DUPLICATE, A.DO_NOT_RETRY, "duplicate"),
        *_PAYMENT.hard(R.INVALID_DETAILS, A.REVIEW, "mistake"),
    )
)
