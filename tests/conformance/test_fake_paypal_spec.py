"""What the fake PayPal answers or sends, and what we submit, keeps PayPal's specification."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal.model import FakePayPal
from kassa.core.errors import GatewayRefused
from kassa.gateways import http
from kassa.gateways.paypal import client
from kassa.gateways.paypal import gateway as calls
from kassa.gateways.submissions import OrderLine, PaymentMethod
from kassa.platform import clock
from tests.conformance.conftest import PAYLOADS, skip_without_payloads
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.paypal import ACCESS, NOW, back, notification, page, payment
from tests.support.gateway_scenes.paypal import PayPalScene

OPENAPI = PAYLOADS / "paypal" / "openapi"
SPECS = (
    *("checkout_orders_v2", "payments_payment_v2", "customer_disputes_v1"),
    *("notifications_webhooks_v1", "reporting_transactions_v1"),
)
RESOURCES = {
    "capture": ("payments_payment_v2", "capture-2"),
    "refund": ("payments_payment_v2", "refund"),
    "dispute": ("customer_disputes_v1", "dispute"),
    "checkout-order": ("checkout_orders_v2", "order"),
}


@cache
def spec(name: str) -> Body:
    read: Body = json.loads((OPENAPI / f"{name}.json").read_text())
    if name == "checkout_orders_v2":  # lists GUEST_CHECKOUT and then says it is too long
        context = read["components"]["schemas"]["paypal_wallet_experience_context"]
        schema = context["properties"]["landing_page"]
        assert max(map(len, schema["enum"])) > schema.pop("maxLength")
    return read


def validator(name: str, schema: Body) -> Draft202012Validator:
    return Draft202012Validator(schema | {"components": spec(name)["components"]})


def operation(method: str, path: str) -> tuple[str, Body]:
    """Return the specification that has a request, and what it says of it."""
    for name in SPECS:
        for template, operations in spec(name)["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return name, operations[method.lower()]
    raise AssertionError(f"PayPal has no {method} {path}")


def check_answer(method: str, path: str, answer: http.HttpAnswer) -> None:
    name, described = operation(method, path)
    responses = described["responses"]
    response = responses.get(str(answer.status)) or responses["default"]
    if "$ref" in response:
        response = spec(name)["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    check(name, schema, json.loads(answer.body), f"{method} {path} {answer.status}")


def check(name: str, schema: Body, body: Any, where: str) -> None:
    errors = sorted(validator(name, schema).iter_errors(body), key=str)
    assert errors == [], (where, errors[0].message[:300], list(errors[0].absolute_path))


class Checked:
    """A scene that holds every request and answer to the specification on its way."""

    def __init__(self, scene: PayPalScene) -> None:
        self.scene = scene
        self.seen: set[tuple[str, str, int]] = set()

    def transport(self, request: http.HttpRequest) -> http.HttpAnswer:
        path = urlsplit(request.url).path
        answer = self.scene.transport(request)
        if path != "/v1/oauth2/token":
            self._check_request(request, path)
            check_answer(request.method, path, answer)
            self.seen.add((request.method, re.sub(r"/[A-Z0-9-]{9,}", "/{id}", path), answer.status))
        return answer

    def _check_request(self, request: http.HttpRequest, path: str) -> None:
        name, described = operation(request.method, path)
        content = described.get("requestBody", {}).get("content", {})
        if request.body and "application/json" in content:
            schema = content["application/json"]["schema"]
            check(name, schema, json.loads(request.body), f"asked of {path}")
        known = {one["$ref"].rpartition("/")[2] for one in described.get("parameters", [])}
        query = dict(part.split("=") for part in urlsplit(request.url).query.split("&") if part)
        # PayPal's own link to the next page of events carries a word that it documents nowhere.
        assert query.keys() - known <= {"start_id"}, (path, query)


@pytest.fixture
def checked() -> Iterator[Checked]:
    skip_without_payloads()
    fake = FakeClock(NOW)
    checked = Checked(PayPalScene(lambda: fake.at.timestamp(), dispute_fee=16_00))
    clock.install(fake)
    client.forget()
    http.install(checked.transport)
    yield checked
    http.install(None)
    clock.install(None)
    client.forget()


def refused(call: Any) -> None:
    with pytest.raises(GatewayRefused):
        call()


def run_everything(checked: Checked) -> FakePayPal:
    """Let everything happen that the fake knows; every answer is checked on its way."""
    fake = checked.scene.fake
    lines = (OrderLine(name="Tea", quantity=3, amount_minor=50_00),)
    call = page().model_copy(update={"lines": lines, "method": PaymentMethod.CARD})
    opened = calls.open_checkout(ACCESS, call)
    calls.find_checkout(ACCESS, page(), opened.checkout_id)
    fake.finish_checkout(opened.checkout_id, "declined")
    calls.confirm(ACCESS, notification("order", opened.checkout_id))
    fake.finish_checkout(opened.checkout_id, "paid")
    calls.confirm(ACCESS, notification("order", opened.checkout_id))
    found = calls.find_checkout(ACCESS, page(), opened.checkout_id)
    subject = payment((found and found.opened.payment_id) or "")
    expired = calls.open_checkout(ACCESS, page("order-9"))
    fake.finish_checkout(expired.checkout_id, "expired")
    calls.find_checkout(ACCESS, page("order-9"), expired.checkout_id)
    refused(lambda: calls.open_checkout(ACCESS, page(n=3, minor=0)))
    for number, minor in enumerate((10_00, 5_00)):
        calls.refund(ACCESS, back(subject, minor, f"rr_{number}"))
    refused(lambda: calls.refund(ACCESS, back(subject, 99_00, "rr_9")))
    refused(lambda: calls.refund(ACCESS, back(payment("UNKNOWNCAPTURE1"))))
    fake.switches.refunds_begin = "PENDING"
    waiting = calls.refund(ACCESS, back(subject, 1_00, "rr_3")).refund_id
    calls.confirm(ACCESS, notification("refund", waiting))
    fake.settle_refund(waiting, "COMPLETED")
    fake.fail_refund(waiting)
    calls.confirm(ACCESS, notification("refund", waiting))
    assert calls.find_refund(ACCESS, back(subject, 10_00, "rr_0"))
    quarrel(fake)
    fake.switches.captures_begin = "PENDING"
    for status in ("COMPLETED", "DECLINED"):
        sold = fake.sell(f"order-{status}", 9_00, "EUR")["payment_id"]
        calls.confirm(ACCESS, notification("capture", sold))
        fake.settle_capture(sold, status)
        calls.confirm(ACCESS, notification("capture", sold))
    fake.sell("order-yen", 500, "JPY")
    fake.return_payout(fake.pay_out_all()["payout_id"])
    calls.look_up(ACCESS, subject)
    for one in (*calls.payouts(ACCESS, None, NOW), *calls.list_events(ACCESS, None, NOW)):
        assert list(one.bodies)
    return fake


def quarrel(fake: FakePayPal) -> None:
    for outcome in ("won", "lost", "canceled"):
        sold = fake.sell(f"order-{outcome}", 20_00, "EUR")["payment_id"]
        stage = "INQUIRY" if outcome == "canceled" else "CHARGEBACK"
        dispute_id = fake.open_dispute(sold, stage=stage)["dispute_id"]
        calls.confirm(ACCESS, notification("dispute", dispute_id))
        if outcome != "canceled":
            refused(lambda sold=sold: calls.refund(ACCESS, back(payment(sold))))
        fake.close_dispute(dispute_id, outcome, 5_00 if outcome == "lost" else 0)
        calls.confirm(ACCESS, notification("dispute", dispute_id))
        calls.look_up(ACCESS, payment(sold))
    (sold,) = fake.capture_in_parts("order-parts", (30_00,), "EUR")["payment_ids"]
    calls.confirm(ACCESS, notification("capture", sold))
    fake.open_dispute(sold, 10_00)
    fake.reverse_capture(sold, 10_00)
    for reversal_id in fake.account.reversals:
        calls.confirm(ACCESS, notification("reversal", reversal_id))


def test_every_answer_and_every_request_keeps_its_schema(checked: Checked) -> None:
    run_everything(checked)
    assert {(method, path) for method, path, _ in checked.seen} == {
        ("POST", "/v2/checkout/orders"),
        ("GET", "/v2/checkout/orders/{id}"),
        ("POST", "/v2/checkout/orders/{id}/capture"),
        ("GET", "/v2/payments/captures/{id}"),
        ("POST", "/v2/payments/captures/{id}/refund"),
        ("GET", "/v2/payments/refunds/{id}"),
        ("GET", "/v1/customer/disputes"),
        ("GET", "/v1/customer/disputes/{id}"),
        ("GET", "/v1/reporting/transactions"),
        ("GET", "/v1/notifications/webhooks-events"),
    }
    assert {status for _, _, status in checked.seen} == {200, 201, 404, 422}


def test_every_event_keeps_its_schema_and_that_of_its_resource(checked: Checked) -> None:
    fake, types = run_everything(checked), set()
    for event in fake.account.events:
        where = event["event_type"]
        schema = {"$ref": "#/components/schemas/event"}
        check("notifications_webhooks_v1", schema, event, where)
        name, kind = RESOURCES[event["resource_type"]]
        check(name, {"$ref": f"#/components/schemas/{kind}"}, event["resource"], where)
        assert set(event["resource"]) <= enum(name, kind), where
        types.add(where)
    assert len(types) >= 10


def enum(name: str, kind: str) -> set[str]:
    """Return every word that a schema knows at its own level."""

    def of(schema: Body) -> set[str]:
        if "$ref" in schema:
            schema = spec(name)["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        found = set(schema.get("properties", {}))
        return found.union(*(of(one) for one in schema.get("allOf", [])))

    return of({"$ref": f"#/components/schemas/{kind}"})


def test_balances_and_unknown_paths_keep_theirs(checked: Checked) -> None:
    fake = run_everything(checked)
    token = {"Authorization": f"Bearer {client._token(ACCESS)}"}
    path = "/v1/reporting/balances"
    answer = fake.request("GET", path, "", token)
    check_answer("GET", path, http.HttpAnswer(200, {}, json.dumps(answer.body).encode()))
    for status, headers in ((401, {}), (404, token)):
        answer = fake.request("GET", "/v2/payments/captures/UNKNOWNCAPTURE1", "", headers)
        described = http.HttpAnswer(answer.status, {}, json.dumps(answer.body).encode())
        assert answer.status == status
        check_answer("GET", "/v2/payments/captures/UNKNOWNCAPTURE1", described)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("capture-2", {"status": "PAID"}),
        ("capture-2", {"amount": "1.00"}),
        ("refund", {"status": "succeeded"}),
        ("refund", {"amount": {"currency_code": "EUR"}}),
    ],
)
def test_the_specification_would_notice_a_wrong_value(
    kind: str, wrong: Body, checked: Checked
) -> None:
    fake = run_everything(checked)
    found = fake.account.captures if kind == "capture-2" else fake.account.refunds
    body = {k: v for k, v in next(iter(found.values())).items() if not k.startswith("_")}
    schema = {"$ref": f"#/components/schemas/{kind}"}
    assert validator("payments_payment_v2", schema).is_valid(body)
    assert not validator("payments_payment_v2", schema).is_valid(body | wrong)
