"""Stripe's codes for a no: decline codes, error codes of its API, and why refunds fail.

`field:` is for refusals that name no code but what they point at, `http:` for a status alone.
Codes of what Kassa never requests (payouts, Connect, Terminal, Tax, Billing, Treasury) aren't
here and pass through.
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

A, R = DeclineAction, DeclineReason

_ERROR_CODES = "https://docs.stripe.com/error-codes"
_BANK = Codes(DeclineScope.PAYMENT, "https://docs.stripe.com/declines/codes")
_BLOCKED = Codes(DeclineScope.PAYMENT, "https://docs.stripe.com/declines#blocked-payments")
_PAYMENT = Codes(DeclineScope.PAYMENT, _ERROR_CODES)
_CHECKOUT = Codes(DeclineScope.CHECKOUT, _ERROR_CODES)
_REFUND = Codes(DeclineScope.REFUND, _ERROR_CODES)
_CAME_BACK = Codes(DeclineScope.REFUND, "https://docs.stripe.com/refunds#failed-refunds")
_ANYTHING = Codes(DeclineScope.ANYTHING, _ERROR_CODES)

_OF_PAYMENTS = (
    # What the customer's bank said: decline codes
    *_BANK.soft(R.INSUFFICIENT_FUNDS, A.TRY_OTHER_METHOD, "insufficient_funds"),
    *_BANK.soft(
        R.LIMIT_EXCEEDED,
        A.TRY_OTHER_METHOD,
        "card_velocity_exceeded withdrawal_count_limit_exceeded",
    ),
    *_BANK.soft(R.CARD_EXPIRED, A.TRY_OTHER_METHOD, "expired_card"),
    *_BANK.hard(R.CARD_LOST_OR_STOLEN, A.DO_NOT_RETRY, "lost_card stolen_card pickup_card"),
    *_BANK.soft(
        R.CARD_RESTRICTED,
        A.CONTACT_BANK,
        "card_not_supported not_permitted restricted_card service_not_allowed",
        "transaction_not_allowed",
    ),
    *_BANK.soft(R.ACCOUNT_CLOSED, A.TRY_OTHER_METHOD, "new_account_information_available"),
    *_BANK.soft(
        R.DO_NOT_HONOR,
        A.CONTACT_BANK,
        "approve_with_id call_issuer card_declined do_not_honor generic_decline no_action_taken",
        "partner_generic_decline",
    ),
    *_BANK.hard(R.DO_NOT_HONOR, A.DO_NOT_RETRY, "do_not_try_again"),
    *_BANK.soft(
        R.AUTHENTICATION_REQUIRED,
        A.AUTHENTICATE,
        "authentication_required mobile_device_authentication_required",
    ),
    *_BANK.soft(R.AUTHENTICATION_FAILED, A.AUTHENTICATE, "authentication_not_handled"),
    *_BANK.hard(R.FRAUD_SUSPECTED, A.DO_NOT_RETRY, "fraudulent security_violation"),
    *_BANK.hard(R.BLOCKED, A.DO_NOT_RETRY, "merchant_blacklist"),
    *_BANK.soft(
        R.INVALID_DETAILS,
        A.FIX_DETAILS,
        "incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip",
        "invalid_account invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number",
        "invalid_pin offline_pin_required online_or_offline_pin_required",
    ),
    *_BANK.soft(
        R.INVALID_DETAILS,
        A.TRY_OTHER_METHOD,
        "live_mode_test_card pin_try_exceeded testmode_decline",
    ),
    *_BANK.hard(
        R.CONSENT_WITHDRAWN,
        A.DO_NOT_RETRY,
        "revocation_of_all_authorizations revocation_of_authorization stop_payment_order",
    ),
    *_BANK.hard(R.DUPLICATE, A.DO_NOT_RETRY, "duplicate_transaction"),
    *_BANK.soft(R.CURRENCY_NOT_SUPPORTED, A.TRY_OTHER_METHOD, "currency_not_supported"),
    *_BANK.soft(R.AMOUNT_NOT_SUPPORTED, A.CONTACT_BANK, "invalid_amount"),
    *_BANK.soft(
        R.PROCESSING_ERROR,
        A.TRY_LATER,
        "issuer_not_available processing_error reenter_transaction try_again_later",
    ),
    # Why Stripe blocked a charge: its outcome's reason
    *_BLOCKED.hard(R.FRAUD_SUSPECTED, A.DO_NOT_RETRY, "elevated_risk_level highest_risk_level"),
    *_BLOCKED.hard(R.BLOCKED, A.DO_NOT_RETRY, "rule previously_declined_do_not_retry"),
    *_BLOCKED.soft(R.DO_NOT_HONOR, A.TRY_OTHER_METHOD, "low_probability_of_authorization"),
    # What else a payment's last error may be
    *_PAYMENT.soft(
        R.ACCOUNT_CLOSED,
        A.TRY_OTHER_METHOD,
        "account_closed bank_account_unusable expired_payment_method no_account",
    ),
    *_PAYMENT.soft(
        R.LIMIT_EXCEEDED,
        A.TRY_OTHER_METHOD,
        "card_decline_rate_limit_exceeded charge_exceeds_source_limit",
        "charge_exceeds_transaction_limit payment_intent_rate_limit_exceeded",
    ),
    *_PAYMENT.soft(
        R.CARD_RESTRICTED,
        A.CONTACT_BANK,
        "bank_account_restricted payment_method_bank_account_blocked",
    ),
    *_PAYMENT.soft(
        R.DO_NOT_HONOR,
        A.TRY_OTHER_METHOD,
        "bank_account_declined payment_intent_payment_attempt_failed",
        "payment_method_provider_decline refer_to_customer",
    ),
    *_PAYMENT.soft(
        R.AUTHENTICATION_FAILED,
        A.AUTHENTICATE,
        "authentication_failure payment_intent_authentication_failure",
        "three_d_secure_authentication_upstream_error",
    ),
    *_PAYMENT.soft(R.AUTHENTICATION_REQUIRED, A.AUTHENTICATE, "payment_intent_action_required"),
    *_PAYMENT.hard(
        R.CONSENT_WITHDRAWN,
        A.DO_NOT_RETRY,
        "billing_invalid_mandate debit_not_authorized india_recurring_payment_mandate_canceled",
        "payment_intent_mandate_invalid",
    ),
    *_PAYMENT.soft(
        R.INVALID_DETAILS,
        A.FIX_DETAILS,
        "account_number_invalid bank_account_bad_routing_numbers bank_account_unverified",
        "bank_account_verification_failed cardholder_phone_number_required email_invalid",
        "incorrect_postal_code invalid_characters postal_code_invalid routing_number_invalid",
        "shipping_address_invalid payment_intent_konbini_rejected_confirmation_number",
        "payment_method_billing_details_address_missing payment_method_microdeposit_failed",
        "payment_method_microdeposit_verification_amounts_invalid",
        "payment_method_microdeposit_verification_amounts_mismatch",
        "payment_method_microdeposit_verification_attempts_exceeded",
        "payment_method_microdeposit_verification_descriptor_code_mismatch",
        "payment_method_microdeposit_verification_timeout",
    ),
    *_PAYMENT.soft(
        R.CANCELED_BY_CUSTOMER,
        A.TRY_OTHER_METHOD,
        "payment_method_customer_decline",
    ),
    *_PAYMENT.soft(
        R.EXPIRED,
        A.TRY_LATER,
        "payment_intent_payment_attempt_expired capture_charge_authorization_expired",
    ),
    *_PAYMENT.soft(
        R.PROCESSING_ERROR,
        A.TRY_LATER,
        "payment_method_microdeposit_processing_error payment_method_provider_timeout",
    ),
    *_PAYMENT.soft(
        R.METHOD_NOT_SUPPORTED,
        A.TRY_OTHER_METHOD,
        "invalid_card_type payment_intent_incompatible_payment_method payment_method_restricted",
        "sepa_unsupported_account three_d_secure_authentication_not_supported",
    ),
    *_PAYMENT.hard(R.ALREADY_PAID, A.DO_NOT_RETRY, "charge_already_captured"),
    *_PAYMENT.hard(R.BLOCKED, A.DO_NOT_RETRY, "action_blocked request_blocked"),
)

_OF_CHECKOUTS = (
    *_CHECKOUT.soft(
        R.COUNTRY_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "country_unsupported",
        unified_code="country_not_taken",
    ),
    *_CHECKOUT.soft(
        R.AMOUNT_NOT_SUPPORTED,
        A.REVIEW,
        "amount_too_large invalid_charge_amount",
        unified_code="amount_not_taken",
    ),
    *_CHECKOUT.soft(R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "amount_too_small"),
    *_CHECKOUT.soft(
        R.METHOD_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "payment_method_unsupported_type field:payment_method_options field:payment_method_types",
        unified_code="method_not_taken",
    ),
    *_CHECKOUT.soft(
        R.METHOD_NOT_SUPPORTED,
        A.FIX_ACCOUNT,
        "capability_not_active payment_method_configuration_failures",
        "payment_method_not_available payment_method_unactivated",
    ),
    *_CHECKOUT.soft(
        R.CURRENCY_NOT_SUPPORTED, A.FIX_ACCOUNT, "field:currency", unified_code="currency_not_taken"
    ),
    *_CHECKOUT.soft(R.CURRENCY_NOT_SUPPORTED, A.FIX_ACCOUNT, "payment_method_currency_mismatch"),
)

_OF_REFUNDS = (
    *_REFUND.hard(
        R.ALREADY_REFUNDED,
        A.DO_NOT_RETRY,
        "charge_already_refunded",
        unified_code="already_refunded",
    ),
    *_REFUND.hard(
        R.DISPUTED, A.REVIEW, "charge_disputed refund_disputed_payment", unified_code="disputed"
    ),
    *_REFUND.hard(
        R.NOT_REFUNDABLE,
        A.REVIEW,
        "charge_expired_for_capture charge_not_refundable",
        unified_code="not_refundable",
    ),
    *_REFUND.hard(
        R.BALANCE_INSUFFICIENT,
        A.FIX_ACCOUNT,
        "balance_insufficient insufficient_funds",
        unified_code="balance_insufficient",
    ),
    *_REFUND.hard(
        R.OVER_WHAT_IS_LEFT,
        A.REVIEW,
        "amount_too_large field:amount",
        unified_code="over_what_is_left",
    ),
    *_REFUND.hard(R.AMOUNT_NOT_SUPPORTED, A.REVIEW, "amount_too_small"),
    # A refund that was made and came back
    *_CAME_BACK.hard(R.CARD_LOST_OR_STOLEN, A.REVIEW, "lost_or_stolen_card"),
    *_CAME_BACK.hard(R.ACCOUNT_CLOSED, A.REVIEW, "expired_or_canceled_card"),
    *_CAME_BACK.hard(R.DO_NOT_HONOR, A.REVIEW, "declined"),
    *_CAME_BACK.hard(R.DISPUTED, A.REVIEW, "charge_for_pending_refund_disputed"),
    *_CAME_BACK.hard(R.DUPLICATE, A.REVIEW, "merchant_request"),
    *_CAME_BACK.hard(R.UNKNOWN, A.REVIEW, "unknown"),
)

_OF_ANYTHING = (
    *_ANYTHING.soft(
        R.ACCESS_DENIED,
        A.FIX_ACCOUNT,
        "account_invalid api_key_expired more_permissions_required platform_api_key_expired",
        "secret_key_required testmode_charges_only http:401 http:403",
        unified_code="access_denied",
    ),
    *_ANYTHING.hard(
        R.UNKNOWN_PAYMENT, A.REVIEW, "resource_missing", unified_code="unknown_payment"
    ),
    *_ANYTHING.hard(
        R.INVALID_REQUEST,
        A.FIX_REQUEST,
        "charge_invalid_parameter country_code_invalid idempotency_key_in_use intent_invalid_state",
        "invalid_source_usage livemode_mismatch lock_timeout parameter_invalid_empty",
        "parameter_invalid_integer parameter_invalid_string_blank parameter_invalid_string_empty",
        "parameter_missing parameter_unknown parameters_exclusive payment_intent_invalid_parameter",
        "payment_intent_unexpected_state payment_method_invalid_parameter",
        "payment_method_invalid_parameter_testmode payment_method_unexpected_state rate_limit",
        "resource_already_exists status_transition_invalid tls_version_unsupported",
        "token_already_used token_in_use url_invalid",
    ),
)

DECLINES = declines((*_OF_PAYMENTS, *_OF_CHECKOUTS, *_OF_REFUNDS, *_OF_ANYTHING))


ACCESS_DENIED = (401, 403)


def refused(
    of: DeclineScope, code: str | None, param: str | None, status: int | None
) -> GatewayRefused:
    """Return why, in our terms or else Stripe's own, and whether another gateway may be tried."""
    named = _code(code, param, status)
    listed = known(DECLINES, named, of)
    if listed is None:
        return GatewayRefused(named if code else f"status_{status}")
    return GatewayRefused(listed.unified_code or named, is_retryable=listed.is_retryable)


def _code(code: str | None, param: str | None, status: int | None) -> str:
    """Return the code that the table knows it by; where Stripe names none, what it points at.

    A key that is refused says nothing else that counts.
    """
    if status in ACCESS_DENIED:
        return f"http:{status}"
    pointed_at = (param or "").rpartition("[price_data]")[2].strip("[]").partition("[")[0]
    return code or f"field:{pointed_at}"
