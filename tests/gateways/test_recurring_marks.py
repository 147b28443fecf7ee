"""Which payments gateways mark as collected by an agreement, again and again."""

import json
from pathlib import Path
from typing import Any

import pytest

from kassa.gateways.adyen.notification import label, recurring
from kassa.gateways.events import GatewayEvent, Ignored
from kassa.gateways.paypal.payments import sale
from tests.support import stripe_events as s
from tests.support.builders import NOW
from tests.support.stripe_reading import read_body

Body = dict[str, Any]
SAMPLES = Path(__file__).parents[3] / "shared/data/stripe/stripe-ruby-mock"


def read(gateway_type: str, body: Body) -> GatewayEvent | Ignored:
    envelope = s.event(gateway_type, body, "evt_1")
    return read_body(json.dumps(envelope).encode(), "main", "test")


def marks(found: GatewayEvent | Ignored) -> tuple[str | None, str | None]:
    assert isinstance(found, GatewayEvent)
    return found.recurring, found.agreement_id


@pytest.mark.parametrize(
    ("line", "interval"),
    [
        ({"price": {"recurring": {"interval": "month", "interval_count": 1}}}, "P1M"),
        ({"plan": {"interval": "year", "interval_count": 1}}, "P1Y"),
        ({"price": {"recurring": {"interval": "month", "interval_count": 3}}}, "P3M"),
        ({"price": {"recurring": {"interval": "week", "interval_count": 2}}}, "P2W"),
        ({"plan": {"interval": "day", "interval_count": 10}}, "P10D"),
        ({"period": {"start": s.CREATED, "end": s.CREATED + 31 * 86_400}}, "P1M"),
        ({"period": {"start": s.CREATED, "end": s.CREATED + 365 * 86_400}}, "P1Y"),
        ({"period": {"start": s.CREATED, "end": s.CREATED}}, "P"),
        ({"price": {"recurring": None}, "plan": None}, "P"),
        ({"plan": {"interval": "month", "interval_count": "often"}}, "P"),
    ],
)
def test_stripe_s_invoice_says_how_often_a_subscription_renews(line: Body, interval: str) -> None:
    found = read("invoice.paid", s.invoice(lines={"data": [line]}))

    assert marks(found) == (interval, "sub_1")


RENEWAL: Body = {
    "type": "subscription", "proration": False, "amount": 10_00,
    "price": {"recurring": {"interval": "month", "interval_count": 1}},
}  # fmt: skip
SINCE_2025 = {
    "amount": 10_00,
    "parent": {
        "type": "subscription_item_details",
        "subscription_item_details": {"proration": False, "subscription": "sub_1"},
    },
    "discount_amounts": [{"amount": 1_00}],
    "taxes": [
        {"amount": 2_00, "tax_behavior": "exclusive"},
        {"amount": 5, "tax_behavior": "inclusive"},
    ],
}
PART = {
    "amount": -3_00,
    "parent": {
        "type": "invoice_item_details",
        "invoice_item_details": {"proration": True, "subscription": "sub_1"},
    },
}


@pytest.mark.parametrize(
    ("lines", "minor"),
    [
        ([RENEWAL], None),  # all of it
        ([{**RENEWAL, "type": "invoiceitem", "proration": True, "amount": 6_66}, RENEWAL], 10_00),
        ([{"type": "invoiceitem", "proration": False, "amount": 50_00}, RENEWAL], 10_00),
        ([RENEWAL | {"tax_amounts": [{"amount": 2_40, "inclusive": False}]}, PART], 12_40),
        ([PART, SINCE_2025], 11_00),
        ([PART], None),  # nobody says what recurs
        ([{"proration": True}, {"amount": "much"}], None),
    ],
)
def test_stripe_s_invoice_says_what_of_it_recurs(lines: list[Body], minor: int | None) -> None:
    found = read("invoice.paid", s.invoice(lines={"data": lines}))

    assert isinstance(found, GatewayEvent)
    assert found.recurring_minor == minor


def test_a_list_of_lines_that_goes_on_says_nothing_of_the_rest() -> None:
    found = read("invoice.paid", s.invoice(lines={"data": [PART, RENEWAL], "has_more": True}))

    assert isinstance(found, GatewayEvent)
    assert found.recurring_minor is None


@pytest.mark.parametrize(
    "named",
    [
        {"subscription": "sub_1", "payment_intent": "pi_1"},
        {
            "parent": {"subscription_details": {"subscription": "sub_1"}},
            "payments": {"data": [{"payment": {"payment_intent": "pi_1"}}]},
        },
    ],
)
def test_stripe_s_invoice_names_its_payment_in_each_version(named: Body) -> None:
    body = {**s.invoice(), "subscription": None, "payment_intent": None, **named}

    found = read("invoice.payment_succeeded", body)

    assert marks(found) == ("P1M", "sub_1")
    assert found.subject.subject_id == "pi_1"


@pytest.mark.parametrize(
    "body",
    [
        s.invoice(billing_reason="manual", subscription=None),
        s.invoice(billing_reason="subscription_update"),  # a part of a period
        s.invoice(payment_intent=None),  # paid otherwise, or since 2025 not named
    ],
)
def test_an_invoice_of_no_renewal_or_no_payment_is_counted(body: Body) -> None:
    assert isinstance(read("invoice.paid", body), Ignored)


def test_a_payment_of_a_subscription_is_known_by_what_stripe_calls_it() -> None:
    found = read("charge.succeeded", s.charge(description="Subscription update"))
    other = read("charge.succeeded", s.charge(description="Order 17"))

    assert (marks(found), marks(other)) == (("P", None), (None, None))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples by others aren't on this machine")
@pytest.mark.parametrize("name", ["invoice.paid", "invoice.payment_succeeded"])
def test_stripe_s_own_sample_of_an_invoice_by_hand_is_counted(name: str) -> None:
    body = json.loads((SAMPLES / f"{name}.json").read_text())["data"]["object"]

    assert isinstance(read(name, body), Ignored)
    found = read(name, body | {"billing_reason": "subscription_cycle", "subscription": "sub_1"})
    assert marks(found) == ("P", "sub_1")


@pytest.mark.parametrize(
    ("more", "mark"),
    [
        ({"recurringProcessingModel": "Subscription"}, ("P", None)),
        ({"shopperInteraction": "ContAuth"}, ("P", None)),
        (
            {"shopperInteraction": "ContAuth", "recurringProcessingModel": "UnscheduledCardOnFile"},
            (None, None),
        ),
        (
            {
                "recurringProcessingModel": "Subscription",
                "recurring.recurringDetailReference": "8415736344864224",
            },
            ("P", "8415736344864224"),
        ),
        ({"recurringProcessingModel": "Subscription", "shopperInteraction": 7}, ("P", None)),
        ({"shopperInteraction": "Ecommerce"}, (None, None)),
        (None, (None, None)),
    ],
)
def test_adyen_labels_what_a_subscription_collects(
    more: Body | None, mark: tuple[str | None, str | None]
) -> None:
    at_the_door = label({"additionalData": more, "success": "true"})
    again = label({**at_the_door, "success": "true"})  # as it is read from the queue

    found = recurring(again)
    assert (found.get("recurring"), found.get("agreement_id")) == mark


def test_adyen_s_country_comes_through_the_door() -> None:
    at_the_door = label({"additionalData": {"issuerCountry": "JP"}})

    assert label(at_the_door)["issuerCountry"] == "JP"


def test_paypal_s_sale_of_a_subscription_names_its_agreement() -> None:
    body = {
        "id": "SALE1",
        "state": "completed",
        "amount": {"total": "9.99", "currency": "USD"},
        "create_time": "2026-11-20T11:10:43Z",
    }

    found = sale(body | {"billing_agreement_id": "I-CP18"}, NOW)
    assert (found.recurring, found.agreement_id) == ("P", "I-CP18")
    assert sale(body, NOW).recurring is None
