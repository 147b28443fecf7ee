"""Gateways' tables of codes for a no: sound, of one shape, and never a reason to fail."""

import pytest

from kassa.core.errors import UnknownGateway
from kassa.gateways.adyen.declines import refusal_reason
from kassa.gateways.declines import (
    Decline,
    DeclineAction,
    DeclineReason,
    DeclineScope,
    declines,
    known,
    table,
)
from kassa.gateways.paypal.declines import BUYER_DECLINES
from tests.support.every_gateway import EVERY_GATEWAY

A, R, S = DeclineAction, DeclineReason, DeclineScope
every_gateway = pytest.mark.parametrize("gateway", EVERY_GATEWAY)


@every_gateway
def test_a_table_is_sound(gateway: str) -> None:
    rows = list(table(gateway).values())
    assert rows
    for row in rows:
        assert row.source.startswith(("https://", "docs/")), row
        assert row.code.split() == [row.code], row
        assert row.unified_code is None or row.unified_code.replace("_", "").isalpha(), row


@every_gateway
def test_no_other_gateway_is_tried_where_that_could_do_harm(gateway: str) -> None:
    for row in table(gateway).values():
        if row.is_retryable:
            assert row.of is not S.REFUND, row
            assert row.action is not A.DO_NOT_RETRY, row
            assert row.reason not in (R.CARD_LOST_OR_STOLEN, R.DUPLICATE, R.BLOCKED), row
            assert row.reason is not R.ALREADY_PAID or row.of is S.CHECKOUT, row


@every_gateway
def test_who_may_not_try_again_is_advised_so_and_nobody_else(gateway: str) -> None:
    for row in table(gateway).values():
        if row.of is S.PAYMENT and row.reason in (R.CARD_LOST_OR_STOLEN, R.BLOCKED):
            assert row.action is A.DO_NOT_RETRY, row
        if row.reason is R.AUTHENTICATION_REQUIRED:
            assert row.action is A.AUTHENTICATE, row
        if row.reason is R.ACCESS_DENIED:
            assert (row.action, row.of) == (A.FIX_ACCOUNT, S.ANYTHING), row


@every_gateway
def test_a_code_that_no_table_lists_is_not_known(gateway: str) -> None:
    assert known(table(gateway), "brand_new_code", S.PAYMENT) is None


def test_a_gateway_that_nobody_knows_has_no_table() -> None:
    with pytest.raises(UnknownGateway):
        table("acme")


def test_a_code_cant_stand_twice_for_the_same_thing() -> None:
    row = Decline("no", R.DO_NOT_HONOR, S.PAYMENT, A.CONTACT_BANK, "https://gateway.example")
    assert len(declines([row, row._replace(of=S.REFUND)])) == 2
    with pytest.raises(ValueError, match="no stands twice for payment"):
        declines([row, row])


@pytest.mark.parametrize(
    ("gateway", "code", "of", "reason", "action", "is_retryable"),
    [
        ("stripe", "insufficient_funds", S.PAYMENT, R.INSUFFICIENT_FUNDS, "try_other_method", True),
        ("stripe", "insufficient_funds", S.REFUND, R.BALANCE_INSUFFICIENT, "fix_account", False),
        ("stripe", "lost_card", S.PAYMENT, R.CARD_LOST_OR_STOLEN, "do_not_retry", False),
        ("stripe", "expired_card", S.PAYMENT, R.CARD_EXPIRED, "try_other_method", True),
        ("stripe", "do_not_honor", S.PAYMENT, R.DO_NOT_HONOR, "contact_bank", True),
        ("stripe", "highest_risk_level", S.PAYMENT, R.FRAUD_SUSPECTED, "do_not_retry", False),
        ("stripe", "incorrect_cvc", S.PAYMENT, R.INVALID_DETAILS, "fix_details", True),
        ("stripe", "processing_error", S.PAYMENT, R.PROCESSING_ERROR, "try_later", True),
        ("stripe", "charge_disputed", S.REFUND, R.DISPUTED, "review", False),
        ("paypal", "5120", S.PAYMENT, R.INSUFFICIENT_FUNDS, "try_other_method", True),
        ("paypal", "9520", S.PAYMENT, R.CARD_LOST_OR_STOLEN, "do_not_retry", False),
        ("paypal", "INSTRUMENT_DECLINED", S.PAYMENT, R.DO_NOT_HONOR, "try_other_method", True),
        ("paypal", "CAPTURE_FULLY_REFUNDED", S.REFUND, R.ALREADY_REFUNDED, "do_not_retry", False),
        ("adyen", "12", S.PAYMENT, R.INSUFFICIENT_FUNDS, "try_other_method", True),
        ("adyen", "not_enough_balance", S.PAYMENT, R.INSUFFICIENT_FUNDS, "try_other_method", True),
        ("adyen", "raw:43", S.PAYMENT, R.CARD_LOST_OR_STOLEN, "do_not_retry", False),
        ("adyen", "138", S.CHECKOUT, R.CURRENCY_NOT_SUPPORTED, "fix_account", True),
        ("klarna", "REFUND_NOT_ALLOWED", S.REFUND, R.NOT_REFUNDABLE, "review", False),
        ("btcpay", "generic-error", S.CHECKOUT, R.METHOD_NOT_SUPPORTED, "fix_account", True),
        ("standard", "card_expired", S.PAYMENT, R.CARD_EXPIRED, "try_other_method", True),
    ],
)
def test_what_codes_mean(
    gateway: str, code: str, of: S, reason: R, action: str, is_retryable: bool
) -> None:
    found = known(table(gateway), code, of)
    assert found is not None
    assert (found.reason, found.action, found.is_retryable) == (reason, action, is_retryable)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("not_enough_balance", "not_enough_balance"),
        ("3d_not_authenticated", "3d_not_authenticated"),
        ("05_do_not_honor", "raw:05"),
        ("51_insufficient_funds_over_credit_limit", "raw:51"),
        ("1a_additional_customer_authentication_required", "raw:1a"),
        ("99_whatever", "refused"),
        ("jane_doe_4111111111111111", "refused"),
        ("05", "refused"),
        ("", "refused"),
        (None, "refused"),
    ],
)
def test_of_adyens_unsigned_reason_only_what_is_listed_is_believed(
    label: str | None, reason: str
) -> None:
    assert refusal_reason(label) == reason
    assert reason == "refused" or known(table("adyen"), reason, S.PAYMENT) is not None


def test_paypals_declines_leave_its_checkout_open_and_what_was_paid_is_none() -> None:
    assert {"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "CARD_EXPIRED"} <= BUYER_DECLINES
    assert {"DUPLICATE_INVOICE_ID", "COMPLIANCE_VIOLATION"} <= BUYER_DECLINES
    assert not {"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "5120X"} & BUYER_DECLINES
