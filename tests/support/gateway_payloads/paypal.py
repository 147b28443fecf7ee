"""Small builders of what PayPal sends and is sent."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.gateways.events import Delivery, Subject, SubjectKind, UnverifiedNotification
from kassa.gateways.paypal import events as reader
from kassa.gateways.submissions import CheckoutSubmission, RefundSubmission
from kassa.platform.secrets import ApiAccess

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRANSMISSION = "dfb3be50-fd74-11e4-8bf3-77339302725b"
API = "https://api-m.sandbox.paypal.com"
Body = dict[str, Any]


def delivery(
    origin: str = "webhook", mode: str = "test", name: str | None = TRANSMISSION
) -> Delivery:
    return Delivery(
        gateway="paypal",
        account="main",
        merchant_id="shop",
        mode=mode,
        received_at=NOW,
        origin=origin,
        delivery_id=name if origin in ("webhook", "resend") else None,
    )


def envelope(event_type: str, resource: Body, **fields: Any) -> bytes:
    body = {
        "id": "WH-1-2",
        "create_time": "2026-11-20T09:00:00.000Z",
        "event_type": event_type,
        "resource": resource,
    }
    return json.dumps(body | fields).encode()


def link(rel: str, path: str) -> Body:
    return {"rel": rel, "href": API + path, "method": "GET"}


def capture(**fields: Any) -> Body:
    return {
        "id": "CAP1",
        "status": "COMPLETED",
        "amount": {"currency_code": "EUR", "value": "50.00"},
        "custom_id": "order-7",
        "create_time": "2026-11-20T08:30:00Z",
        "links": [
            link("self", "/v2/payments/captures/CAP1"),
            link("up", "/v2/checkout/orders/ORD1"),
        ],
    } | fields


def refund(**fields: Any) -> Body:
    return {
        "id": "REF1",
        "status": "COMPLETED",
        "amount": {"currency_code": "EUR", "value": "10.00"},
        "custom_id": "rr_1",
        "create_time": "2026-11-20T08:30:00Z",
        "seller_payable_breakdown": {
            "total_refunded_amount": {"currency_code": "EUR", "value": "30.00"}
        },
        "links": [link("up", "/v2/payments/captures/CAP1")],
    } | fields


def dispute(**fields: Any) -> Body:
    return {
        "dispute_id": "PP-D-1",
        "status": "UNDER_REVIEW",
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_amount": {"currency_code": "EUR", "value": "50.00"},
        "reason": "UNAUTHORISED",
        "create_time": "2026-11-20T08:30:00Z",
        "disputed_transactions": [{"seller_transaction_id": "CAP1"}],
    } | fields


def movement(way: str, value: str = "50.00", **fields: Any) -> Body:
    return {
        "affected_party": "SELLER",
        "type": way,
        "amount": {"currency_code": "EUR", "value": value},
        "reason": "DISPUTE_SETTLEMENT",
    } | fields


def confirmed(reads: str, answer: Body, name: str | None = TRANSMISSION) -> Any:
    notification = UnverifiedNotification(
        event_id="WH-1-2/X",
        gateway_type="X",
        happened_at=NOW,
        reads=reads,
        object_id="CAP1",
        name=name,
    )
    return reader.confirmed(notification, answer, delivery())


def unit(**fields: Any) -> Body:
    return {
        "reference_id": "kassa",
        "custom_id": "order-7",
        "amount": {"currency_code": "EUR", "value": "50.00"},
    } | fields


def order(status: str, *units: Body, **fields: Any) -> Body:
    return {
        "id": "ORD1",
        "status": status,
        "purchase_units": list(units or (unit(),)),
        "payer": {"payer_id": "PAYER1", "email_address": "someone@example.com"},
        "payment_source": {"paypal": {}},
        "create_time": "2026-11-20T08:30:00Z",
    } | fields


def row(code: str, value: str, **fields: Any) -> Body:
    return {
        "transaction_id": "TXN1",
        "transaction_event_code": code,
        "transaction_status": "S",
        "transaction_amount": {"currency_code": "EUR", "value": value},
        "transaction_initiation_date": "2026-11-20T01:30:00-0700",
        "paypal_reference_id": "CAP1",
        "paypal_reference_id_type": "TXN",
    } | fields


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
ACCESS = ApiAccess(api_key="fake-secret", api_id="fake-client", merchant_id="shop", mode="test")


def payment(payment_id: str) -> Subject:
    return Subject(
        gateway="paypal", account="main", kind=SubjectKind.PAYMENT, subject_id=payment_id
    )


def page(order_id: str = "order-7", n: int = 1, minor: int = 50_00) -> CheckoutSubmission:
    return CheckoutSubmission(
        order_id=order_id,
        submission_id=f"{order_id}.{n}",
        amount=Money(amount_minor=minor, currency="EUR"),
        language="de-DE",
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
    )


def back(subject: Subject, minor: int = 10_00, submission_id: str = "rr_1") -> RefundSubmission:
    return RefundSubmission(
        payment=subject,
        submission_id=submission_id,
        amount=Money(amount_minor=minor, currency="EUR"),
    )


def notification(reads: str, object_id: str) -> UnverifiedNotification:
    return UnverifiedNotification(
        event_id="WH-1", gateway_type="X", happened_at=NOW, reads=reads, object_id=object_id
    )


@dataclass
class FakeTable:
    """The two calls of a table that a certificate needs; it fails on demand."""

    items: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False

    def get_item(self, TableName: str, Key: Any) -> Any:
        self._fail("GetItem")
        found = self.items.get(Key["PK"]["S"])
        return {"Item": found} if found else {}

    def put_item(self, TableName: str, Item: Any) -> None:
        self._fail("PutItem")
        self.items[Item["PK"]["S"]] = Item

    def _fail(self, call: str) -> None:
        if self.is_down:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, call)
