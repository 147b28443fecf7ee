"""Adyen's codes for a no: refusal reasons of payments, raw codes of banks, errors of its API.

A refusal reason is listed by its number (`refusalReasonCode`) and by its text in lower case with
underscores, which is how the webhook's `reason` is read; `raw:` is what the bank said, and
`http:` a status that counts more than any code. Errors are of both services, payment links and
modifications.
"""

import re

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

_PAGES = "https://docs.adyen.com/development-resources"
_ERROR_CODES = f"{_PAGES}/error-codes/"
_REASON = Codes(DeclineScope.PAYMENT, f"{_PAGES}/refusal-reasons/")
_RAW = Codes(DeclineScope.PAYMENT, f"{_PAGES}/raw-acquirer-responses/")
_PAYMENT = Codes(DeclineScope.PAYMENT, _ERROR_CODES)
_CHECKOUT = Codes(DeclineScope.CHECKOUT, _ERROR_CODES)
_REFUND = Codes(DeclineScope.REFUND, _ERROR_CODES)
_RETURNED = Codes(DeclineScope.REFUND, "https://docs.adyen.com/online-payments/refund/")
_ANYTHING = Codes(DeclineScope.ANYTHING, _ERROR_CODES)

_REASONS = (
    *_REASON.soft(R.DO_NOT_HONOR, A.CONTACT_BANK, "2 refused 3 referral 27 declined_non_generic"),
    *_REASON.soft(R.INSUFFICIENT_FUNDS, A.TRY_OTHER_METHOD, "12 not_enough_balance"),
    *_REASON.soft(
        R.LIMIT_EXCEEDED,
        A.TRY_OTHER_METHOD,
        "28 withdrawal_amount_exceeded 29 withdrawal_count_exceeded",
    ),
    *_REASON.hard(
        R.LIMIT_EXCEEDED,
        A.DO_NOT_RETRY,
        "46 transaction_blocked_by_adyen_to_prevent_excessive_retry_fees",
    ),
    *_REASON.soft(R.CARD_EXPIRED, A.TRY_OTHER_METHOD, "6 expired_card"),
    *_REASON.hard(R.CARD_LOST_OR_STOLEN, A.DO_NOT_RETRY, "5 blocked_card"),
    *_REASON.soft(
        R.CARD_RESTRICTED,
        A.CONTACT_BANK,
        "10 not_supported 23 transaction_not_permitted 25 restricted_card",
    ),
    *_REASON.soft(
        R.CARD_RESTRICTED,
        A.TRY_OTHER_METHOD,
        "34 no_checking_account_available_on_card 35 no_savings_account_available_on_card",
        "40 current_aid_is_in_penalty_box",
    ),
    *_REASON.soft(
        R.AUTHENTICATION_REQUIRED,
        A.AUTHENTICATE,
        "33 card_requires_online_pin 36 mobile_pin_required 37 contactless_fallback",
        "38 authentication_required 41 cvm_required_restart_payment",
    ),
    *_REASON.soft(
        R.AUTHENTICATION_FAILED,
        A.AUTHENTICATE,
        "11 3d_not_authenticated 39 rreq_not_received_from_ds 42 3ds_authentication_error",
    ),
    *_REASON.hard(
        R.FRAUD_SUSPECTED,
        A.DO_NOT_RETRY,
        "14 acquirer_fraud 20 fraud 22 fraud_cancelled 31 issuer_suspected_fraud",
    ),
    *_REASON.soft(
        R.INVALID_DETAILS,
        A.FIX_DETAILS,
        "8 invalid_card_number 17 invalid_pin 19 pin_validation_not_possible 24 cvc_declined",
        "32 avs_declined",
    ),
    *_REASON.soft(R.INVALID_DETAILS, A.TRY_OTHER_METHOD, "18 pin_tries_exceeded"),
    *_REASON.hard(R.CONSENT_WITHDRAWN, A.DO_NOT_RETRY, "26 revocation_of_auth"),
    *_REASON.soft(R.CANCELED_BY_CUSTOMER, A.TRY_OTHER_METHOD, "15 cancelled 16 shopper_cancelled"),
    *_REASON.soft(R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "7 invalid_amount"),
    *_REASON.soft(
        R.PROCESSING_ERROR,
        A.TRY_LATER,
        "4 acquirer_error 9 issuer_unavailable 21 not_submitted",
    ),
)

_RAW_CODES = (
    *_RAW.soft(R.DO_NOT_HONOR, A.CONTACT_BANK, "raw:01 raw:05 raw:12 raw:79"),
    *_RAW.soft(R.INSUFFICIENT_FUNDS, A.TRY_OTHER_METHOD, "raw:51"),
    *_RAW.soft(R.LIMIT_EXCEEDED, A.TRY_OTHER_METHOD, "raw:61 raw:65"),
    *_RAW.soft(R.CARD_EXPIRED, A.TRY_OTHER_METHOD, "raw:54"),
    *_RAW.hard(R.CARD_LOST_OR_STOLEN, A.DO_NOT_RETRY, "raw:04 raw:07 raw:41 raw:43"),
    *_RAW.soft(R.CARD_RESTRICTED, A.CONTACT_BANK, "raw:57 raw:58 raw:62 raw:78"),
    *_RAW.soft(R.ACCOUNT_CLOSED, A.TRY_OTHER_METHOD, "raw:15 raw:39 raw:46 raw:52 raw:53"),
    *_RAW.soft(R.AUTHENTICATION_REQUIRED, A.AUTHENTICATE, "raw:1a raw:70"),
    *_RAW.hard(R.FRAUD_SUSPECTED, A.DO_NOT_RETRY, "raw:34 raw:59 raw:63 raw:83"),
    *_RAW.hard(R.BLOCKED, A.DO_NOT_RETRY, "raw:93"),
    *_RAW.soft(R.INVALID_DETAILS, A.FIX_DETAILS, "raw:14 raw:55 raw:82 raw:n7"),
    *_RAW.soft(R.INVALID_DETAILS, A.TRY_OTHER_METHOD, "raw:75"),
    *_RAW.hard(R.CONSENT_WITHDRAWN, A.DO_NOT_RETRY, "raw:r0 raw:r1 raw:r3"),
    *_RAW.hard(R.DUPLICATE, A.DO_NOT_RETRY, "raw:94"),
    *_RAW.soft(R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "raw:13"),
    *_RAW.soft(R.ACCOUNT_RESTRICTED, A.FIX_ACCOUNT, "raw:03"),
    *_RAW.soft(R.PROCESSING_ERROR, A.TRY_LATER, "raw:06 raw:19 raw:30 raw:91 raw:92 raw:96"),
)

_OF_PAYMENTS = (
    *_REASONS,
    *_RAW_CODES,
    *_PAYMENT.soft(R.INVALID_DETAILS, A.FIX_DETAILS, "101 103 129"),
)

_OF_CHECKOUTS = (
    *_CHECKOUT.soft(
        R.METHOD_NOT_SUPPORTED, A.FIX_ACCOUNT, "107 141", unified_code="payment_method_unavailable"
    ),
    *_CHECKOUT.soft(
        R.CURRENCY_NOT_SUPPORTED, A.FIX_ACCOUNT, "138 907", unified_code="currency_unavailable"
    ),
    *_CHECKOUT.soft(
        R.COUNTRY_NOT_SUPPORTED, A.FIX_ACCOUNT, "140", unified_code="country_unavailable"
    ),
    *_CHECKOUT.soft(
        R.ACCOUNT_RESTRICTED, A.FIX_ACCOUNT, "905 905_1 905_3", unified_code="gateway_misconfigured"
    ),
)

_OF_REFUNDS = (
    *_REFUND.hard(R.OTHER_CURRENCY, A.FIX_REQUEST, "139", unified_code="currency_differs"),
    *_REFUND.hard(R.UNKNOWN_PAYMENT, A.REVIEW, "167 803", unified_code="unknown_payment"),
    # What the webhook says of a refund that didn't arrive: Kassa's codes, from its event code
    *_RETURNED.hard(R.NOT_REFUNDABLE, A.REVIEW, "refund_refused"),
    *_RETURNED.hard(R.PROCESSING_ERROR, A.REVIEW, "refund_failed refunded_reversed"),
)

_OF_ANYTHING = (
    *_ANYTHING.soft(
        R.ACCESS_DENIED, A.FIX_ACCOUNT, "010 901 http:401 http:403", unified_code="access_denied"
    ),
    *_ANYTHING.hard(
        R.AMOUNT_NOT_SUPPORTED, A.FIX_REQUEST, "137 916", unified_code="invalid_amount"
    ),
    *_ANYTHING.hard(R.INVALID_REQUEST, A.FIX_REQUEST, "000 702", unified_code="invalid_request"),
    *_ANYTHING.hard(R.INVALID_REQUEST, A.FIX_REQUEST, "100", unified_code="amount_missing"),
    *_ANYTHING.hard(R.INVALID_REQUEST, A.FIX_REQUEST, "130", unified_code="reference_missing"),
    *_ANYTHING.hard(R.INVALID_REQUEST, A.FIX_REQUEST, "177", unified_code="metadata_too_large"),
    *_ANYTHING.hard(R.PROCESSING_ERROR, A.TRY_LATER, "704"),
)

DECLINES = declines((*_OF_PAYMENTS, *_OF_CHECKOUTS, *_OF_REFUNDS, *_OF_ANYTHING))

REFUSED = "refused"
_RAW_REASON = re.compile(r"([0-9a-z][0-9a-z])_.+")


def refused(code: str, status: int) -> GatewayRefused:
    """Return why, in our terms or else by Adyen's code, and whether another gateway may do."""
    named = f"http:{status}" if status in (401, 403) else code
    listed = known(DECLINES, named, DeclineScope.ANYTHING)
    own = f"adyen_{code}" if code else f"status_{status}"
    if listed is None:
        return GatewayRefused(own)
    return GatewayRefused(listed.unified_code or own, is_retryable=listed.is_retryable)


def refusal_reason(label: str | None) -> str:
    """Return the listed code of a declined payment from its webhook's `reason`.

    The reason isn't signed, so that only what Adyen lists is believed: its own texts, and what
    begins with a bank's code ("05 : Do not honor").
    """
    if label and (label, DeclineScope.PAYMENT) in DECLINES:
        return label
    raw = _RAW_REASON.fullmatch(label or "")
    if raw and (f"raw:{raw[1]}", DeclineScope.PAYMENT) in DECLINES:
        return f"raw:{raw[1]}"
    return REFUSED
