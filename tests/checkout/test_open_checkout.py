"""POST /orders: an order's checkout over HTTP, and what a shop is answered where there is none."""

import json
from io import StringIO
from typing import Any

import pytest

from functions.serve_api.app import lambda_handler as serve_handler
from kassa.customers.store import Customers
from kassa.gateways.declines import DeclineReason, DeclineScope, table
from kassa.gateways.registry import GATEWAYS, Ability, can
from kassa.platform.telemetry import logger
from tests.support.aws_stack import Context
from tests.support.order_requests import post
from tests.support.order_scene import SILENT, OrderScene, refusal, scene
from tests.support.orders import MALFORMED, ORDER_BODY
from tests.support.refund_stage import http_event

__all__ = ["scene"]
OPEN_CHECKOUT = Ability.OPEN_CHECKOUT


def get(order_id: str) -> tuple[int, dict[str, Any]]:
    """Read an order through the API."""
    event = http_event("GET /orders/{order_id}", "", "shop", order_id=order_id)
    answer = serve_handler(event, Context())  # type: ignore[arg-type]
    content = json.loads(answer["body"])
    return answer["statusCode"], content.get("error", content)


def test_an_order_is_answered_with_its_checkout(scene: OrderScene) -> None:
    answer = post(ORDER_BODY)

    assert answer["statusCode"] == 200
    assert answer["content"] == {
        "order_id": "order-1",
        "status": "open",
        "gateway": "north",
        "account": "main",
        "url": "https://north.example/north_1",
        "expires_at": "2026-11-22T09:00:00Z",
        "attempt": 1,
        "invoice_number": None,
        "warnings": [],
    }
    assert post(ORDER_BODY)["content"] == answer["content"]


def test_what_is_submitted_to_the_gateway_is_the_order(scene: OrderScene) -> None:
    post(ORDER_BODY | {"method": "card"})
    case = scene.orders.named("order-1")
    submission = case.order.submission(case.lifecycle.attempts[0])

    assert (submission.method, submission.customer_id, submission.language) == (
        "card",
        "customer-1",
        "fi",
    )
    assert submission.success_url == ORDER_BODY["success_url"]


@pytest.mark.parametrize(("field", "value"), MALFORMED)
def test_a_malformed_field_is_answered_with_400_and_its_name(
    scene: OrderScene, field: str, value: Any
) -> None:
    answer = post(ORDER_BODY | {field: value})

    assert answer["statusCode"] == 400
    assert answer["content"]["message"].partition(":")[0].split(".")[0] == field
    assert {one["field"].split(".")[0] for one in answer["content"]["fields"]} == {field}
    assert scene.submitted() == []


def test_all_malformed_fields_are_named_at_once_and_never_what_they_held(scene: OrderScene) -> None:
    answer = post(
        ORDER_BODY | {"amount_minor": 0, "country": "x", "customer_id": "jane@shop.example"}
    )

    assert [one["field"] for one in answer["content"]["fields"]] == [
        "amount_minor",
        "country",
        "customer_id",
    ]
    assert "jane" not in answer["body"]


def test_a_currency_that_does_not_exist_is_refused_and_the_order_may_come_again(
    scene: OrderScene,
) -> None:
    misspelt = post(ORDER_BODY | {"currency": "EUX"})
    mended = post(ORDER_BODY | {"currency": "EUR"})

    assert misspelt["statusCode"] == 400
    assert misspelt["content"]["message"].startswith("currency: is no currency of ISO 4217")
    assert mended["statusCode"] == 200


@pytest.mark.parametrize("currency", ["XAU", "XXX", "XTS", "CHW", "XDR"])
def test_a_currency_nobody_pays_in_is_422_with_each_route_and_no_checkout(
    scene: OrderScene, currency: str
) -> None:
    answer = post(ORDER_BODY | {"currency": currency, "lines": []})

    assert (answer["statusCode"], answer["content"]["code"]) == (422, "currency_not_supported")
    assert [one["why"] for one in answer["content"]["left_out"]] == [
        f"nobody pays in {currency}"
    ] * 2
    assert (scene.submitted(), scene.orders.find("order-1")) == ([], None)


def test_a_currency_that_every_gateway_refuses_is_422_and_one_that_some_do_is_not(
    scene: OrderScene,
) -> None:
    for gateway in (scene.north, scene.south):
        gateway.acts = [refusal(is_retryable=True, reason="currency_not_supported")]
    answer = post(ORDER_BODY)

    assert (answer["statusCode"], answer["content"]["code"]) == (422, "currency_not_supported")
    assert [one["gateway"] for one in answer["content"]["left_out"]] == ["north", "south"]

    scene.north.acts = [refusal(is_retryable=True, reason="currency_not_supported")]
    assert post(ORDER_BODY)["content"]["gateway"] == "south"


@pytest.mark.parametrize("reason", ["amount_too_small", "amount_not_supported", "invalid_amount"])
def test_an_amount_that_every_gateway_refuses_is_422_and_no_reason_to_retry(
    scene: OrderScene, reason: str
) -> None:
    for gateway in (scene.north, scene.south):
        gateway.acts = [refusal(is_retryable=True, reason=reason)]
    answer = post(ORDER_BODY)

    assert (answer["statusCode"], answer["content"]["code"]) == (422, "checkout_refused")
    assert answer["content"]["message"] == "amount_minor: no gateway takes this amount"
    assert [one["why"] for one in answer["content"]["left_out"]] == [reason, reason]

    scene.north.acts = [refusal(is_retryable=True, reason=reason)]
    assert post(ORDER_BODY)["content"]["gateway"] == "south"


@pytest.mark.parametrize("gateway", [name for name in GATEWAYS if can(name, OPEN_CHECKOUT)])
@pytest.mark.parametrize("what", ["currency", "amount"])
def test_every_gateways_reason_for_what_it_never_takes_is_known_as_one(
    gateway: str, what: str
) -> None:
    reason = DeclineReason(f"{what}_not_supported")
    of = (DeclineScope.CHECKOUT, DeclineScope.ANYTHING)
    rows = [row for row in table(gateway).values() if row.reason is reason and row.of in of]

    assert all(what in (row.unified_code or row.code).lower() for row in rows)


@pytest.mark.parametrize("amount", ["10000", 100.0, 10.5])
def test_an_amount_that_is_no_integer_is_answered_with_what_it_counts(
    scene: OrderScene, amount: Any
) -> None:
    answer = post(ORDER_BODY | {"amount_minor": amount})

    assert answer["statusCode"] == 400
    assert "minor units" in answer["content"]["message"]


def test_a_body_that_is_not_json_is_named_as_such(scene: OrderScene) -> None:
    answer = post('{"order_id": \n "order-1",, }')

    assert (answer["statusCode"], answer["content"]["code"]) == (400, "invalid_json")
    assert "line 2, column 12" in answer["content"]["message"]
    assert "order-1" not in answer["body"]


def test_a_body_sent_as_a_form_is_named_as_one_and_not_repeated(scene: OrderScene) -> None:
    answer = post(ORDER_BODY, "application/x-www-form-urlencoded")

    assert (answer["statusCode"], answer["content"]["code"]) == (415, "unsupported_media_type")
    assert answer["content"]["param"] == "Content-Type"
    assert ORDER_BODY["order_id"] not in answer["body"]


@pytest.mark.parametrize("body", ["", "{", "[]", '"order"', "null"])
def test_what_is_no_order_at_all_is_answered_with_400(scene: OrderScene, body: str) -> None:
    assert post(body)["statusCode"] == 400


def test_changed_content_is_answered_with_409_and_each_difference(scene: OrderScene) -> None:
    post(ORDER_BODY)
    answer = post(ORDER_BODY | {"amount_minor": 90_00, "lines": [], "country": "SE"})

    assert answer["statusCode"] == 409
    assert answer["content"]["differences"] == [
        {"field": "amount_minor", "was": 100_00, "is": 90_00},
        {"field": "lines", "was": ORDER_BODY["lines"], "is": []},
        {"field": "country", "was": "FI", "is": "SE"},
    ]


def test_silence_is_answered_with_503_and_when_to_retry(scene: OrderScene) -> None:
    scene.north.acts = [SILENT]
    answer = post(ORDER_BODY)

    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "5"
    assert "isn't known" in answer["content"]["message"]
    assert post(ORDER_BODY)["statusCode"] == 200


def test_a_refusal_is_answered_with_422_and_its_reason(scene: OrderScene) -> None:
    scene.north.acts = [refusal(is_retryable=False, reason="amount_too_small")]
    answer = post(ORDER_BODY)

    assert answer["statusCode"] == 422
    assert answer["content"]["message"].endswith("amount_too_small")


def test_an_order_without_a_route_is_answered_with_422_and_each_reason(scene: OrderScene) -> None:
    answer = post(ORDER_BODY | {"method": "crypto"})

    assert answer["statusCode"] == 422
    assert [one["gateway"] for one in answer["content"]["left_out"]] == ["north", "south"]


def test_an_order_is_read_with_its_attempts(scene: OrderScene) -> None:
    scene.north.acts = [refusal(is_retryable=True, reason="currency")]
    post(ORDER_BODY)
    status, content = get("order-1")

    assert status == 200
    assert (content["status"], content["order"]["amount_minor"]) == ("open", 100_00)
    assert [(one["gateway"], one["state"], one["reason"]) for one in content["attempts"]] == [
        ("north", "refused", "currency"),
        ("south", "open", None),
    ]


def test_an_order_nobody_sent_is_answered_with_404(scene: OrderScene) -> None:
    assert get("order-9")[0] == 404


def test_no_log_holds_what_an_order_says(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    post(ORDER_BODY)
    logged = lines.getvalue()

    assert "checkout submitted" in logged
    assert "Lamp" not in logged
    assert "customer-1" not in logged


def test_who_buys_is_kept_with_the_customer_and_a_refused_order_says_nothing(
    scene: OrderScene,
) -> None:
    address = {"city": "Turku", "country": "FI"}
    first, second = ({"name": name, "address": address} for name in ("First Oy", "Second Oy"))
    sent = post(ORDER_BODY | {"buyer": first})
    assert sent["statusCode"] == 200, sent
    named = scene.orders.named("order-1").order
    assert "First Oy" not in str(named)

    changed = post(ORDER_BODY | {"buyer": second, "country": "SE"})
    kept = Customers("main").buyer_of(named.buyer_id, "order-1")
    assert (changed["statusCode"], kept and kept.name) == (409, "First Oy")
