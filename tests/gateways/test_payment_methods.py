"""What a payment was paid with: one list of methods for every gateway, and a brand beside it."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.adyen import parsing as adyen
from kassa.gateways.btcpay import parsing as btcpay
from kassa.gateways.klarna import parsing as klarna
from kassa.gateways.payment_methods import BRANDS, Means, PaidMethod, branded, means
from kassa.gateways.paypal import parsing as paypal
from kassa.gateways.stripe import parsing as stripe
from kassa.ledger.objects import ObjectState

M = PaidMethod
Body = dict[str, Any]


def card(brand: str | None, wallet: str | None = None, kind: str = "card") -> Body:
    held = {"brand": brand, "wallet": {"type": wallet} if wallet else None}
    return {"type": kind, kind: held}


@pytest.mark.parametrize(
    ("name", "method", "brand"),
    [
        ("ach", M.BANK_DEBIT, "ach_debit"),
        ("bacs", M.BANK_DEBIT, "bacs_debit"),
        ("becs", M.BANK_DEBIT, "au_becs_debit"),
        ("pad", M.BANK_DEBIT, "acss_debit"),
        ("directdebit", M.BANK_DEBIT, None),
        ("sepa_direct_debit", M.BANK_DEBIT, "sepa_debit"),
        ("ach_plaid", M.BANK_DEBIT, "ach_debit"),
        ("eft_directdebit_CA", M.BANK_DEBIT, "acss_debit"),
        ("visa", M.CARD, "visa"),
        ("mc", M.CARD, "mastercard"),
        ("amex", M.CARD, "amex"),
        ("cup", M.CARD, "unionpay"),
        ("bcmc", M.CARD, "bancontact"),
        ("scheme", M.CARD, None),
        ("visaclassic", M.CARD, "visa"),
        ("mccorporate", M.CARD, "mastercard"),
        ("visacorporatecredit", M.CARD, "visa"),
        ("mc_applepay", M.WALLET, "applepay"),
        ("visa_paywithgoogle", M.WALLET, "googlepay"),
        ("googlepay", M.WALLET, "googlepay"),
        ("paypal", M.WALLET, "paypal"),
        ("alipay_hk_web", M.WALLET, "alipay_hk"),
        ("klarna", M.PAY_LATER, "klarna"),
        ("klarna_paynow", M.PAY_LATER, "klarna"),
        ("afterpaytouch", M.PAY_LATER, "afterpay_clearpay"),
        ("sepadirectdebit", M.BANK_DEBIT, "sepa_debit"),
        ("ideal", M.BANK_TRANSFER, "ideal"),
        ("directEbanking", M.BANK_TRANSFER, "sofort"),
        ("bankTransfer_IBAN", M.BANK_TRANSFER, None),
        ("econtext_stores", M.CASH, "konbini"),
        ("giftcard", M.VOUCHER, "giftcard"),
        ("vvvgiftcard", M.VOUCHER, "giftcard"),
        ("brandNew_Thing", M.OTHER, "brandnew_thing"),
        (None, None, None),
    ],
)
def test_adyens_names(name: str | None, method: M | None, brand: str | None) -> None:
    assert adyen.paid_with(name) == (method, brand)


@pytest.mark.parametrize(
    ("details", "method", "brand"),
    [
        (card("visa"), M.CARD, "visa"),
        (card("MasterCard"), M.CARD, "mastercard"),
        (card("American Express"), M.CARD, "amex"),
        (card("unknown"), M.CARD, None),
        (card(None), M.CARD, None),
        ({"type": "card"}, M.CARD, None),
        (card("visa", "apple_pay"), M.WALLET, "applepay"),
        (card("visa", "google_pay"), M.WALLET, "googlepay"),
        (card("amex", kind="card_present"), M.CARD, "amex"),
        ({"type": "sepa_debit"}, M.BANK_DEBIT, "sepa_debit"),
        ({"type": "ideal"}, M.BANK_TRANSFER, "ideal"),
        ({"type": "customer_balance"}, M.BANK_TRANSFER, None),
        ({"type": "klarna"}, M.PAY_LATER, "klarna"),
        ({"type": "paypal"}, M.WALLET, "paypal"),
        ({"type": "paypay"}, M.WALLET, "paypay"),
        ({"type": "konbini"}, M.CASH, "konbini"),
        ({"type": "crypto"}, M.CRYPTO, None),
        ({"type": "stripe_account"}, M.OTHER, "stripe_account"),
        ({"type": "brand_new"}, M.OTHER, "brand_new"),
        ({"type": ["?"]}, None, None),
        ({}, None, None),
    ],
)
def test_stripes_types(details: Body, method: M | None, brand: str | None) -> None:
    assert stripe.paid_with(details) == (method, brand)


@pytest.mark.parametrize(
    ("source", "method", "brand"),
    [
        ({"paypal": {}}, M.WALLET, "paypal"),
        ({"card": {"brand": "VISA"}}, M.CARD, "visa"),
        ({"card": {"brand": "CHINA_UNION_PAY"}}, M.CARD, "unionpay"),
        ({"card": {}}, M.CARD, None),
        ({"apple_pay": {"card": {"brand": "VISA"}}}, M.WALLET, "applepay"),
        ({"venmo": {}}, M.WALLET, "venmo"),
        ({"ideal": {}}, M.BANK_TRANSFER, "ideal"),
        ({"brand_new": {}}, M.OTHER, "brand_new"),
        ({}, M.WALLET, "paypal"),
    ],
)
def test_paypals_sources(source: Body, method: M, brand: str | None) -> None:
    assert paypal.of_source(source) == (method, brand)


def test_a_capture_of_paypals_names_cards_by_their_network() -> None:
    assert paypal.of_capture({}) == (M.WALLET, "paypal")
    assert paypal.of_capture({"processor_response": {}}) == (M.CARD, None)
    network = {"network_transaction_reference": {"network": "MASTERCARD"}}
    assert paypal.of_capture(network) == (M.CARD, "mastercard")


def test_klarnas_and_btcpays() -> None:
    assert klarna.KLARNA == (M.PAY_LATER, "klarna")
    assert btcpay.paid_with(["BTC"]) == (M.CRYPTO, "btc")
    assert btcpay.paid_with(["BTC", "BTC"]) == (M.CRYPTO, "btc")
    assert btcpay.paid_with(["BTC", "LTC"]) == (M.CRYPTO, None)
    assert btcpay.paid_with([]) == (M.CRYPTO, None)
    assert btcpay.paid_with(["NEWCOIN"]) == (M.CRYPTO, "newcoin")


def test_a_mapping_may_name_a_method_a_brand_or_both() -> None:
    assert means("card") == Means(M.CARD)
    assert means("credit_card") == Means(M.CARD)
    assert means("mc") == Means(M.CARD, "mastercard")
    assert branded(means("card"), "VISA") == Means(M.CARD, "visa")
    assert branded(means("other"), "house account") == Means(M.OTHER, "house_account")
    assert branded(means("visa"), None) == Means(M.CARD, "visa")


@pytest.mark.parametrize("spellings", [adyen.SPELLINGS, stripe.SPELLINGS, paypal.SPELLINGS])
def test_every_spelling_leads_to_something_we_know(spellings: dict[str, str]) -> None:
    for name in spellings:
        found = means(name, spellings)
        assert found.method is not M.OTHER, name
        assert found.brand is None or BRANDS[found.brand] is found.method, name


def test_every_method_but_the_last_has_brands_and_no_brand_is_called_like_a_method() -> None:
    assert set(BRANDS.values()) == set(M) - {M.OTHER}
    assert not set(BRANDS) & set(M)
    assert all(means(brand) == (method, brand) for brand, method in BRANDS.items())


@given(st.text())
def test_no_name_ever_fails_and_a_brand_is_a_plain_name(name: str) -> None:
    for found in (means(name), adyen.paid_with(name), stripe.paid_with({"type": name})):
        assert found.brand is None or re.fullmatch(r"[a-z0-9_]{1,40}", found.brand)
        assert found.method is not None or not name
        assert found.brand is None or means(found.brand) == found or found.brand not in BRANDS


def test_a_state_stored_before_there_was_a_list_is_read_by_it() -> None:
    stored = {"k": "charge", "s": "captured", "a": 1, "c": "EUR", "t": 0, "m": "visa"}
    assert ObjectState.model_validate(stored).method == "card"
    assert ObjectState.model_validate(stored | {"m": "brand_new"}).method == "other"
