"""An invoice with a payment link, a gateway that opens pages, and customers who follow the link."""

import json
from typing import Any

import boto3
import pytest

from functions.follow_payment_link.app import lambda_handler as follow_payment_link
from kassa.gateways import registry
from kassa.platform import secrets
from kassa.platform.settings import settings
from tests.support.aws_stack import REGION, Context, FakeClock, Stack
from tests.support.drafts import draft
from tests.support.order_scene import GATEWAYS, FakeGateway

LINK = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


@pytest.fixture
def north(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """Let one made-up gateway open pages, at the tests' instant."""
    gateway, known = FakeGateway("north"), registry.module
    monkeypatch.setattr(registry, "GATEWAYS", dict(registry.GATEWAYS) | GATEWAYS)
    monkeypatch.setattr(
        registry, "module", lambda name, part: gateway if name == "north" else known(name, part)
    )
    monkeypatch.setenv("GATEWAY_ACCOUNTS", "north/main")
    settings.cache_clear()
    boto3.client("secretsmanager", region_name=REGION).create_secret(
        Name="kassa/api/north/main", SecretString=json.dumps({"api_key": "k"})
    )
    secrets._kept.clear()
    return gateway


def linked(**fields: Any) -> dict[str, Any]:
    """Return a draft of an order with a payment link."""
    return draft(**{"draft_id": None, "order_id": "order-1", "payment_link": LINK} | fields)


def look_at(url: str) -> tuple[int, dict[str, str], str]:
    """Ask for a link's headers alone, as a program does before a person follows it."""
    return follow(url, "HEAD")


def follow(url: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Follow a link, as a browser does; return the status, the headers and the page."""
    path = url.partition("api.shop.example")[2]
    event = {
        "version": "2.0",
        "routeKey": f"{method} /pay/{{token}}",
        "rawPath": path,
        "pathParameters": {"token": path.rpartition("/")[2]},
        "requestContext": {"requestId": "request-1", "http": {"method": method, "path": path}},
    }
    answer = follow_payment_link(event, Context())
    return answer["statusCode"], answer["headers"], answer["body"]
