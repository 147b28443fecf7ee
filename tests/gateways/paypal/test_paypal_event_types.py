"""PayPal's table of event types and its reader say the same."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kassa.gateways.event_types import Outcome
from kassa.gateways.events import GatewayEvent, Ignored, UnverifiedNotification
from kassa.gateways.paypal import events as reader
from kassa.gateways.paypal.event_types import EVENT_TYPES
from kassa.gateways.paypal.events import OWN_TYPES
from tests.support.gateway_payloads.paypal import (
    JSON,
    Body,
    capture,
    delivery,
    dispute,
    envelope,
    order,
    refund,
    unit,
)

BOOKED = [name for name, row in EVENT_TYPES.items() if row.outcome is Outcome.BOOKED]
COUNTED = sorted(EVENT_TYPES.keys() - set(BOOKED))
FIRST = {"amount": {"total": "5.00", "currency": "EUR"}, "create_time": "2026-11-20T08:30:00Z"}


def sample(name: str) -> Body:
    """Return what PayPal sends and shows for a type."""
    family, _, last = name.rpartition(".")
    if family in ("PAYMENT.SALE", "PAYMENT.CAPTURE") and last in ("REFUNDED", "REVERSED"):
        sale = FIRST | {"id": "R1", "state": "completed", "sale_id": "S1"}
        return sale if "SALE" in family else refund()
    if "DISPUTE" in name:
        return dispute()
    if family.startswith("CHECKOUT"):
        paid = order("COMPLETED", unit(payments={"captures": [capture()]}))
        return order("VOIDED") if last in ("VOIDED", "REVERSED") else paid
    if family == "PAYMENT.SALE":
        return FIRST | {"id": "S1", "state": last.lower()}
    return refund(status=last) if family == "PAYMENT.REFUND" else capture(status=last)


@pytest.mark.parametrize("name", BOOKED)
def test_a_type_that_is_booked_is_read_back_and_books(name: str) -> None:
    notification = reader.read(envelope(name, sample(name)), delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert isinstance(reader.confirmed(notification, sample(name), delivery()), GatewayEvent)


@pytest.mark.parametrize("origin", ["webhook", "pull"])
@pytest.mark.parametrize("name", COUNTED)
def test_a_type_that_is_counted_is_counted_in_any_form(name: str, origin: str) -> None:
    for resource in ({}, capture(), {"id": ["?"]}, None, "text"):
        event = reader.read(envelope(name, resource), delivery(origin))  # type: ignore[arg-type]
        assert isinstance(event, Ignored)
        assert event.gateway_type == name


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=60), JSON, st.sampled_from(["webhook", "pull", "look_up"]))
def test_a_type_that_no_list_names_is_counted_whatever_it_says(
    name: str, resource: Any, origin: str
) -> None:
    if name in EVENT_TYPES or name in OWN_TYPES:
        return
    raw = json.dumps({"id": "WH-1", "event_type": name, "resource": resource}).encode()
    assert isinstance(reader.read(raw, delivery(origin)), Ignored)


def test_paypals_own_list_is_here_whole() -> None:
    """As many as its page names, and those that older lists named beside them."""
    families = {name.rpartition(".")[0] for name in EVENT_TYPES}
    assert len(EVENT_TYPES) >= 91
    assert {
        *("PAYMENT.AUTHORIZATION", "PAYMENT.CAPTURE", "PAYMENT.REFUND", "PAYMENT.PAYOUTSBATCH"),
        *("PAYMENT.PAYOUTS-ITEM", "BILLING.PLAN", "BILLING.SUBSCRIPTION", "CHECKOUT.ORDER"),
        *("IDENTITY.AUTHORIZATION-CONSENT", "PAYMENTS.PAYMENT", "CHECKOUT.CHECKOUT"),
        *("CHECKOUT.PAYMENT-APPROVAL", "CUSTOMER.DISPUTE", "RISK.DISPUTE", "INVOICING.INVOICE"),
        *("CUSTOMER.ACCOUNT-LIMITATION", "CUSTOMER.MERCHANT-INTEGRATION", "PAYMENT.ORDER"),
        *("CUSTOMER.MANAGED-ACCOUNT", "MERCHANT.ONBOARDING", "MERCHANT.PARTNER-CONSENT"),
        *("PAYMENT.REFERENCED-PAYOUT-ITEM", "PAYMENT.SALE", "CATALOG.PRODUCT"),
        *("VAULT.PAYMENT-TOKEN", "PAYMENT-TOKENIZATION.TRANSACTION"),
    } <= families
