"""Decline codes of a gateway that is read by a mapping: Kassa's own codes, nothing else.

Which codes such a gateway has, its mapping's author knows, and gives them these codes under
`reason.words`; what isn't translated passes through as the gateway's own code.
"""

from kassa.gateways.declines import Decline, DeclineAction, DeclineReason, DeclineScope, declines

A, R = DeclineAction, DeclineReason

_SOURCE = "docs/gateways/standard.md"
_ACTIONS = {
    R.INSUFFICIENT_FUNDS: A.TRY_OTHER_METHOD,
    R.LIMIT_EXCEEDED: A.TRY_OTHER_METHOD,
    R.CARD_EXPIRED: A.TRY_OTHER_METHOD,
    R.CARD_LOST_OR_STOLEN: A.DO_NOT_RETRY,
    R.CARD_RESTRICTED: A.CONTACT_BANK,
    R.ACCOUNT_CLOSED: A.TRY_OTHER_METHOD,
    R.DO_NOT_HONOR: A.CONTACT_BANK,
    R.AUTHENTICATION_REQUIRED: A.AUTHENTICATE,
    R.AUTHENTICATION_FAILED: A.AUTHENTICATE,
    R.FRAUD_SUSPECTED: A.DO_NOT_RETRY,
    R.BLOCKED: A.DO_NOT_RETRY,
    R.INVALID_DETAILS: A.FIX_DETAILS,
    R.CONSENT_WITHDRAWN: A.DO_NOT_RETRY,
    R.DUPLICATE: A.DO_NOT_RETRY,
    R.CANCELED_BY_CUSTOMER: A.TRY_OTHER_METHOD,
    R.EXPIRED: A.TRY_LATER,
    R.PROCESSING_ERROR: A.TRY_LATER,
    R.NOT_CONFIRMED: A.REVIEW,
    R.METHOD_NOT_SUPPORTED: A.TRY_OTHER_METHOD,
    R.CURRENCY_NOT_SUPPORTED: A.TRY_OTHER_METHOD,
}

# Nothing is ever submitted to it, so that there are no refusals of checkouts or refunds.
DECLINES = declines(
    Decline(
        reason.value,
        reason,
        DeclineScope.PAYMENT,
        action,
        _SOURCE,
        is_retryable=action not in (A.DO_NOT_RETRY, A.REVIEW),
    )
    for reason, action in _ACTIONS.items()
)
