"""Orders sent through the API, and attempts whose outcome is resolved by people."""

import json
from typing import Any

import pytest

from functions.open_checkout.app import lambda_handler as open_checkout_handler
from kassa.checkout.apply_fact import APPLICABLE
from kassa.checkout.duplicate_payments.refund_not_made import NOT_MADE
from kassa.core.errors import CheckoutUnavailable
from tests.support.aws_stack import Context
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.order_scene import SILENT, OrderScene
from tests.support.refund_stage import http_event


def post(body: Any, content_type: str = "application/json") -> dict[str, Any]:
    """Send an order through the API, and return the whole answer."""
    event = http_event("POST /orders", body, "shop")
    answer = open_checkout_handler(event | {"headers": {"content-type": content_type}}, Context())
    content = json.loads(answer["body"])
    return answer | {"content": content.get("error", content)}


ROUTE = "POST /orders/{order_id}/attempts/{number}/resolve"
WHY = "asked them by telephone"


def resolve(
    outcome: str | None = None, by: str = "anna", number: int = 1, **fields: Any
) -> tuple[int, dict[str, Any]]:
    """Say what became of an attempt, through the API; without an outcome, only look."""
    body = ({"outcome": outcome, "reason": WHY} if outcome else {}) | fields
    event = http_event(ROUTE, body, by, order_id="order-1", number=str(number))
    answer = open_checkout_handler(event, Context())
    content = json.loads(answer["body"])
    return answer["statusCode"], content.get("error", content)


def attempt_unknown(scene: OrderScene, act: str = SILENT) -> None:
    """Send an order of which the gateway's answer is lost."""
    scene.north.acts = [act]
    with pytest.raises(CheckoutUnavailable):
        scene.post()


TRACKED = frozenset(one.__name__ for one in (*APPLICABLE, *NOT_MADE))


def method_of(gateway: str) -> str:
    """Return the first payment method of an order that a gateway takes."""
    return next(iter(EVERY_GATEWAY[gateway].methods), "card")
