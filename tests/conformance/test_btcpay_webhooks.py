"""BTCPay's own OpenAPI of its webhooks: the fake sends what it says, and Kassa reads every type."""

import hmac
import json
import random
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra.fake_gateways.btcpay.model import FakeBtcpay
from infra.fake_gateways.btcpay.store import Switches
from infra.fake_gateways.btcpay.webhooks import Delivery as Sent
from kassa.core.errors import InvalidSignature
from kassa.gateways.btcpay.events import read
from kassa.gateways.events import Delivery, Ignored, UnverifiedNotification
from kassa.gateways.webhooks.parts import signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from tests.conformance.conftest import PAYLOADS, skip_without_payloads

SPEC = PAYLOADS / "crypto" / "btcpayserver" / "swagger.template.webhooks.json"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
START_S = NOW.timestamp()
TYPES = [
    *("InvoiceCreated", "InvoiceReceivedPayment", "InvoicePaymentSettled", "InvoiceProcessing"),
    *("InvoiceSettled", "InvoiceExpired", "InvoiceInvalid"),
    *("PaymentRequestCreated", "PaymentRequestUpdated", "PaymentRequestArchived"),
    *("PaymentRequestStatusChanged", "PayoutCreated", "PayoutApproved", "PayoutUpdated"),
]
READ_BACK = {one for one in TYPES if one.startswith(("Invoice", "Payout"))} - {"InvoiceCreated"}
# Stand in other files of BTCPay's API, which aren't beside the project.
ELSEWHERE: dict[str, Any] = {
    "StoreId": {"type": "string"},
    "UnixTimestamp": {"type": "integer"},
    "PaymentMethodId": {"type": "string"},
    "PayoutState": {
        "enum": ["AwaitingApproval", "AwaitingPayment", "InProgress", "Completed", "Cancelled"]
    },
    "Payment": {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("id", "value", "fee", "destination")},
            "receivedDate": {"type": "integer"},
            "status": {"enum": ["Invalid", "Processing", "Settled"]},
        },
    },
}


@pytest.fixture(autouse=True)
def _payloads() -> None:
    skip_without_payloads()


@lru_cache(maxsize=1)
def spec() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SPEC.read_text())
    return document


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """Resolve references and add up `allOf`, so that no field beyond them all is let through."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        known = spec()["components"]["schemas"]
        return merged(known[name] if name in known else ELSEWHERE[name])
    whole = {key: value for key, value in schema.items() if key not in ("allOf", "properties")}
    properties = {name: merged(one) for name, one in schema.get("properties", {}).items()}
    for part in map(merged, schema.get("allOf", [])):
        properties |= part.pop("properties", {})
        whole |= part
    if not properties:
        return whole
    required = [name for name, one in properties.items() if not one.get("nullable")]
    return whole | {"properties": properties, "required": required, "additionalProperties": False}


@lru_cache
def schema_of(event_type: str) -> dict[str, Any]:
    """Return what a type's body is: a payout's schema leaves out what every event says."""
    body = spec()["x-webhooks"][event_type]["post"]["requestBody"]
    own = merged(body["content"]["application/json"]["schema"])
    every = merged({"$ref": "#/components/schemas/WebhookInvoiceEvent"})["properties"]
    if not event_type.startswith("Invoice"):
        every = {name: one for name, one in every.items() if name not in ("invoiceId", "metadata")}
    properties = every | own["properties"]
    required = [name for name, one in properties.items() if not one.get("nullable")]
    return own | {
        "properties": properties,
        "required": required,
        "type": "object",
        "additionalProperties": False,
    }


def example(schema: dict[str, Any]) -> Any:
    """Make the plainest value that a schema describes."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: example(one) for name, one in schema.get("properties", {}).items()}
        case "integer" | "number":
            return int(START_S)
        case "boolean":
            return False
        case _:
            return "Xo1abc"


def made(event_type: str) -> bytes:
    body = example(schema_of(event_type)) | {"type": event_type}
    return json.dumps(body, indent=2).encode()


def is_let_in(body: bytes, signed: bytes) -> bool:
    proof = hmac.new(b"secret", signed, "sha256").hexdigest()
    request = WebhookRequest("btcpay", "main", {"btcpay-sig": f"sha256={proof}"}, body)
    endpoint = WebhookEndpoint("shop", "live", ("secret",), None)
    try:
        signature_scheme("btcpay").verify(request, endpoint, NOW)
    except InvalidSignature:
        return False
    return True


def delivery() -> Delivery:
    return Delivery(
        gateway="btcpay", account="main", merchant_id="shop", mode="live", received_at=NOW
    )


def test_the_specification_knows_these_types_and_no_other() -> None:
    assert set(spec()["x-webhooks"]) == set(TYPES)


@pytest.mark.parametrize("event_type", TYPES)
def test_every_type_of_the_specification_is_read(event_type: str) -> None:
    body = made(event_type)
    Draft202012Validator(schema_of(event_type)).validate(json.loads(body))
    event = read(body, delivery())
    assert isinstance(event, UnverifiedNotification if event_type in READ_BACK else Ignored)
    assert (event.event_id, event.gateway_type) == ("Xo1abc", event_type)


def test_every_other_type_that_can_be_chosen_is_counted() -> None:
    events = spec()["components"]["schemas"]["WebhookDataBase"]["properties"]["authorizedEvents"]
    text = events["properties"]["specificEvents"]["description"]
    named = set(re.findall(r"`([A-Z]\w+)`", text)) - set(TYPES)
    assert {"SubscriberCreated", "PlanStarted"} <= named
    for event_type in named:
        body = json.loads(made("PaymentRequestCreated")) | {"type": event_type}
        assert isinstance(read(json.dumps(body).encode(), delivery()), Ignored)


@pytest.mark.parametrize("event_type", TYPES)
def test_one_byte_changed_anywhere_is_refused(event_type: str) -> None:
    signed = made(event_type)
    assert is_let_in(signed, signed)
    for at in range(len(signed)):
        changed = bytearray(signed)
        changed[at] ^= 1 << (at % 8)
        assert not is_let_in(bytes(changed), signed), at


def lived(sent: list[Sent]) -> None:
    """Let everything happen that BTCPay has a webhook for, payment requests aside."""
    now = [START_S]
    fake = FakeBtcpay(lambda: now[0], random.Random(7), Switches(), sent.append)
    fake.webhooks.register("https://kassa.example/", "secret")
    paid = fake.sell("o-1", 10_00)["payment_id"]
    path = f"/api/v1/stores/{fake.switches.store_id}/invoices"
    for act in ("declined", "expired", "late", "marked"):
        price = json.dumps({"amount": "5.00", "currency": "EUR"}).encode()
        headers = {"Authorization": "token key"}
        invoice_id = fake.request("POST", path, "", headers, price).body["id"]
        if act == "marked":
            fake.mark_invoice(invoice_id, "Settled")
        elif act == "late":
            now[0] += 901
            fake.run_due()
            fake.pay(invoice_id, is_confirmed=True)
        else:
            fake.finish_checkout(invoice_id, act)
    fake.refund_in_dashboard(paid, 2_00)
    fake.redeliver(sent[0].event["deliveryId"])


@pytest.fixture
def sent() -> list[Sent]:
    collected: list[Sent] = []
    lived(collected)
    return collected


def test_whatever_the_fake_sends_has_the_shape_of_the_specification(sent: list[Sent]) -> None:
    types = {one.event["type"] for one in sent}
    assert types == {one for one in TYPES if one.startswith(("Invoice", "Payout"))}
    for one in sent:
        Draft202012Validator(schema_of(one.event["type"])).validate(json.loads(one.body))


def test_whatever_the_fake_sends_is_let_in_and_read(sent: list[Sent]) -> None:
    for one in sent:
        headers = {name.lower(): value for name, value in one.headers.items()}
        endpoint = WebhookEndpoint("shop", "live", ("secret",), None)
        request = WebhookRequest("btcpay", "main", headers, one.body)
        (part,) = signature_scheme("btcpay").verify(request, endpoint, NOW)
        event = read(part.body, delivery())
        assert event.event_id == one.event["originalDeliveryId"]
