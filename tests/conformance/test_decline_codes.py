"""Codes that gateways enumerate themselves are in our tables, or pass through on purpose."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stripe import PaymentIntent

from kassa.gateways.declines import table
from tests.conformance.conftest import PAYLOADS, skip_without_payloads

# Stripe's error codes of what Kassa never asks for, each by a word of it.
STRIPE_PASSES = re.compile(
    "acss_|alipay|anomalous|application_fee|approval_required|balance_invalid|bitcoin|coupon"
    "|capture_unauthorized|clearing_code|customer_|dispute_evidence|smart_disputes|tax|financial_"
    "|forwarding_|instant_payouts|intent_verification|invoice|_account_required|account_country"
    "|account_error|account_information|account_token|bank_account_exists|already_verified"
    "|invalid_canceled|invalid_mandate|^missing$|not_allowed_on_standard|out_of_inventory"
    "|ownership|payment_evaluation|payout|product_inactive|progressive|return_intent"
    "|service_period|setup_|shipping_calculation|siret|sku_|state_unsupported|storer_"
    "|subscription|terminal|token_card_network|transfer"
)
# PayPal's issues of patches, saved orders, vaulted means, shipping, platforms and references.
PAYPAL_PASSES = re.compile(
    "PATCH|PNREF|TOKEN_ID|VAULT|SHIPPING|PICKUP|PLATFORM_FEE|FX_RATE|DONATION|TRACKER|SAVE"
    "|MERCHANT_INITIATED|PREVIOUS_|REFERENCE_ID|BILLING_AGREEMENT|CRYPTOGRAM|EMV_DATA|_PAY_"
    "|PAYPAL_TRANSACTION_ID|PAYPAL_REQUEST_ID|PRICING_TIER|BLIK_|MSP_|AUTHORIZATION_AMOUNT"
    "|_CURRENCY_MISMATCH|REAUTHORIZATION|CANNOT_BE_VOIDED|MAX_CAPTURE_AMOUNT|JSON_POINTER"
    "|^INVALID_ARRAY|_URL_REQUIRED|ONE_OF_|ONLY_ONE_|ITEM_|SOURCE_MISMATCH|NO_PAYMENT_SOURCE"
    "|ACTION_DOES_NOT|AMOUNT_(CANNOT|CHANGE)|CAPTURE_(ID|STATUS)|DEVICE_DATA|_FOUND$"
    "|INVALID_PAYER_ID|^NOT_SUPPORTED|CANNOT_BE_CONFIRMED|ON_PAYMENT_APPROVAL|REQUIRED_PARAMETER"
    "|_INSTRUCTION$"
)


def codes(gateway: str) -> set[str]:
    return {code for code, _ in table(gateway)}


def issues(schema: Any) -> Iterator[str]:
    """Return every issue that a description of PayPal's enumerates."""
    if isinstance(schema, dict):
        if isinstance(schema.get("issue"), dict):
            yield from schema["issue"].get("enum", [])
        for held in schema.values():
            yield from issues(held)
    elif isinstance(schema, list):
        for held in schema:
            yield from issues(held)


def described(*path: str) -> Any:
    skip_without_payloads()
    return json.loads(Path(PAYLOADS, *path).read_text())


@pytest.mark.parametrize("name", ["checkout_orders_v2", "payments_payment_v2"])
def test_every_issue_of_paypals_is_listed_or_passes_on_purpose(name: str) -> None:
    found = set(issues(described("paypal", "openapi", f"{name}.json")))

    assert len(found) > 40
    missing = sorted(one for one in found - codes("paypal") if not PAYPAL_PASSES.search(one))
    assert missing == []


def test_every_response_code_of_paypals_processors_is_listed() -> None:
    schemas = described("paypal", "openapi", "checkout_orders_v2.json")["components"]["schemas"]
    found = schemas["processor_response"]["properties"]["response_code"]["enum"]

    assert set(found) - codes("paypal") == {"0000"}  # approved


def test_every_reason_of_a_denied_capture_is_listed() -> None:
    schemas = described("paypal", "openapi", "payments_payment_v2.json")["components"]["schemas"]
    for name in ("capture_status_details", "refund_status_details"):
        assert set(schemas[name]["properties"]["reason"]["enum"]) <= codes("paypal")


def test_every_failure_that_stripes_description_names_of_refunds_is_listed() -> None:
    schemas = described("stripe", "openapi", "spec3.json")["components"]["schemas"]
    refund = schemas["refund"]["properties"]["failure_reason"]["description"]
    outcome = schemas["charge_outcome"]["properties"]["reason"]["description"]

    assert set(re.findall(r"`(\w+)`", refund)) <= codes("stripe")
    assert set(re.findall(r"value `(\w+)`", outcome)) <= codes("stripe")


def test_every_error_code_that_stripes_client_enumerates_is_listed_or_passes_on_purpose() -> None:
    source = Path(inspect.getfile(PaymentIntent)).read_text()
    listed = source.partition("class LastPaymentError")[2]
    enumerated = re.search(r"\bcode: Optional\[\s*Union\[\s*Literal\[(.*?)\]", listed, re.DOTALL)
    assert enumerated is not None
    found = set(re.findall(r'"(\w+)"', enumerated[1]))

    assert len(found) > 150
    missing = sorted(one for one in found - codes("stripe") if not STRIPE_PASSES.search(one))
    assert missing == []
