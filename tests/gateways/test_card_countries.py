"""Where a card was issued, or else where its payer is, by what each gateway says of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kassa.gateways.adyen.notification import label
from kassa.gateways.adyen.parsing import DatedItem
from kassa.gateways.adyen.payments import READINGS
from kassa.gateways.events import ObjectKind
from kassa.gateways.klarna.payments import _object_reports as klarna_reports
from kassa.gateways.paypal.payments import order
from kassa.gateways.stripe.parsing import NO_HEADER, Header
from kassa.gateways.stripe.payments import charge, payment_intent

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Body = dict[str, Any]


def stripe_charge(details: Body, status: str = "succeeded") -> Body:
    return {
        "id": "ch_1",
        "object": "charge",
        "amount": 100_00,
        "currency": "eur",
        "created": 1_795_230_000,
        "captured": status == "succeeded",
        "status": status,
        "billing_details": {"address": {"country": "SE"}},
        "payment_method_details": details,
    }


@pytest.mark.parametrize("status", ["succeeded", "failed"])
@pytest.mark.parametrize(
    ("details", "country"),
    [
        ({"type": "card", "card": {"country": "FI", "brand": "visa"}}, "FI"),
        ({"type": "sepa_debit", "sepa_debit": {"country": "DE"}}, "DE"),
        ({"type": "card", "card": {"country": None}}, None),
        ({"type": "klarna", "klarna": {}}, None),
        ({}, None),
    ],
)
def test_stripe_names_the_country_of_a_card_and_never_the_billing_address(
    details: Body, country: str | None, status: str
) -> None:
    first = next(charge(stripe_charge(details, status), NO_HEADER))

    assert first.card_country == country


def test_stripe_names_the_country_of_a_card_that_failed_before_there_was_a_charge() -> None:
    method = {"type": "card", "card": {"country": "US", "brand": "visa"}}
    body = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": 100_00,
        "currency": "eur",
        "created": 1_795_230_000,
        "last_payment_error": {"code": "card_declined", "payment_method": method},
    }

    *_, failed = payment_intent(body, Header("payment_intent.payment_failed", NOW))

    assert (failed.state, failed.card_country) == ("failed", "US")


@pytest.mark.parametrize(
    ("more", "country"),
    [
        ({"issuerCountry": "JP"}, "JP"),
        ({"cardIssuingCountry": "NL"}, "NL"),
        ({"issuerCountry": "Japan"}, None),
        ({"issuerCountry": 7}, None),
        ({}, None),
        (None, None),
    ],
)
def test_adyen_s_country_is_a_label_of_charges_alone(more: object, country: str | None) -> None:
    signed = {
        "pspReference": "PSP1",
        "originalReference": "",
        "merchantReference": "order-1",
        "eventCode": "AUTHORISATION",
        "success": "true",
        "amount": {"value": 100_00, "currency": "EUR"},
    }
    item = signed | label(signed | {"additionalData": more, "paymentMethod": "visa"})

    (taken,) = READINGS["AUTHORISATION", "true"](DatedItem(item, NOW))
    (refunded,) = READINGS["REFUND", "true"](DatedItem(item, NOW))

    assert (taken.card_country, refunded.card_country) == (country, None)


@pytest.mark.parametrize(
    ("source", "payer", "country"),
    [
        ({"card": {"brand": "VISA", "bin_details": {"bin_country_code": "US"}}}, "DE", "US"),
        ({"card": {"brand": "VISA"}}, "DE", "DE"),
        ({"paypal": {}}, "ES", "ES"),
        ({"paypal": {}}, None, None),
    ],
)
def test_paypal_names_the_card_s_bank_or_else_the_payer(
    source: Body, payer: str | None, country: str | None
) -> None:
    amount = {"currency_code": "EUR", "value": "100.00"}
    capture = {"id": "CAP1", "status": "COMPLETED", "amount": amount}
    body = {
        "id": "ORDER1",
        "status": "COMPLETED",
        "payment_source": source,
        "payer": {"payer_id": "P1", "address": {"country_code": payer}},
        "purchase_units": [{"payments": {"captures": [capture]}}],
    }

    reports = order(body, NOW)

    assert reports is not None
    assert reports.object_reports[0].card_country == country


@pytest.mark.parametrize(
    ("billing", "purchase", "country"), [("se", "FI", "SE"), (None, "FI", "FI"), (None, None, None)]
)
def test_klarna_names_where_its_customer_is_billed(
    billing: str | None, purchase: str | None, country: str | None
) -> None:
    taken = {"capture_id": "c1", "captured_amount": 100_00, "captured_at": "2026-11-21T09:00:00Z"}
    body = {
        "order_id": "k1",
        "status": "CAPTURED",
        "purchase_currency": "EUR",
        "purchase_country": purchase,
        "billing_address": {"country": billing},
        "captures": [taken],
    }

    first = next(klarna_reports(body))

    assert (first.kind, first.card_country) == (ObjectKind.CHARGE, country)
