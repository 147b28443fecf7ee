"""Requests as API Gateway hands them on, and what the answers come to."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from functions.book_event.app import lambda_handler as book
from functions.serve_api.app import lambda_handler as serve_api_handler
from functions.serve_deliveries.app import lambda_handler as serve_deliveries_handler
from functions.serve_invoices.app import lambda_handler as serve_invoices_handler
from kassa.core.callers import Scope
from kassa.http_api.errors import CODES
from kassa.orders.lifecycle import OrderLifecycle, submitting
from kassa.orders.store import Orders
from kassa.people.api_keys import ApiKey, hashed
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, FakeClock
from tests.support.orders import order
from tests.support.queue_batches import batch
from tests.support.template import names_in, resources

SECRET = "5e" * 32


def a_key(**changes: Any) -> ApiKey:
    fields = {
        "key_id": "0123456789abcdef",
        "name": "shop",
        "scopes": frozenset({Scope.PAYMENTS_READ}),
        "secret_sha256": hashed(SECRET),
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=30),
    }
    return ApiKey(**{**fields, **changes})


DAY = "2026-11-21"


def get_event(path: str, **query: str) -> dict[str, Any]:
    """Return a GET as API Gateway hands it on, of a key that the authorizer let in."""
    return {
        "version": "2.0",
        "routeKey": "GET /",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "queryStringParameters": query or None,
        "requestContext": {
            "http": {"method": "GET", "path": path},
            "stage": "$default",
            "requestId": "request-1",
            "authorizer": {"lambda": {"key_id": "0123456789abcdef"}},
        },
        "isBase64Encoded": False,
    }


def get(path: str, **query: str) -> tuple[int, Any]:
    is_invoices = path.startswith(("/invoices", "/receivables", "/customers"))
    serve = serve_invoices_handler if is_invoices else serve_api_handler
    serve = serve_deliveries_handler if path.startswith("/imports") else serve
    answer = serve(get_event(path, **query), Context())
    body = json.loads(answer["body"])
    return answer["statusCode"], body.get("error", body)


def booked(*bodies: dict[str, Any]) -> None:
    assert book(batch(*bodies), Context()) == {"batchItemFailures": []}


ROUTES = {route["RouteKey"]: route for route in resources("ApiGatewayV2::Route").values()}
KEY = "0123456789abcdef"
LET_IN = {"key_id": KEY, "name": "shop"}


def handler_of(route: str) -> Any:
    """Return the handler that the template leads a route to."""
    (integration,) = names_in(ROUTES[route]["Target"])
    name = re.sub("(?<!^)([A-Z])", r"_\1", integration.removesuffix("Integration")).lower()
    return import_module(f"functions.{name}.app").lambda_handler


def sent(route: str, body: Any = None, context: Any = LET_IN, **headers: str) -> dict[str, Any]:
    """Return a request as API Gateway hands it on, with what its authorizer said."""
    method, _, template = (route if " " in route else "GET /nowhere").partition(" ")
    path = re.sub(r"{\w+}", "1", template.replace("{action}", "claim"))
    request: dict[str, Any] = {
        "requestId": "request-1",
        "stage": "$default",
        "http": {"method": method, "path": path},
    }
    if context is not None:
        request["authorizer"] = {"lambda": context}
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"} | headers,
        "requestContext": request,
        "body": body if isinstance(body, str | None) else json.dumps(body),
        "isBase64Encoded": False,
    }


def answered(route: str, event: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return the status of a refusal, its error, and its headers; every one is of the one form."""
    answer = handler_of(route)(event, Context())
    body = json.loads(answer["body"])
    assert list(body) == ["error"], body
    error, code = body["error"], CODES[body["error"]["code"]]
    assert {"type", "code", "param", "message", "request_id"} <= set(error)
    assert (error["type"], answer["statusCode"]) == (code.type, code.status)
    assert error["request_id"] == answer["headers"]["x-request-id"] == "request-1"
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Kassa-Version"]
    return answer["statusCode"], error, answer["headers"]


def pages(path: str, size: int, **query: str) -> Iterator[dict[str, Any]]:
    """Read a list to its end, page by page."""
    cursor: dict[str, str] = {}
    for _ in range(100):
        status, page = get(path, limit=str(size), **cursor, **query)
        assert status == 200, page
        assert page["has_more"] is (page["next_cursor"] is not None)
        yield page
        if not page["has_more"]:
            return
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError("no end")


def pay(number: int, customer: str | None = None) -> str:
    """Book a payment with two events, and return its id."""
    payment_id = f"pi_{number}"
    whose = {"customer": customer, "metadata": {"order_id": f"order-{number}"}}
    charge = s.charge(f"ch_{number}", payment_id, **whose)
    intent = s.payment_intent(payment_id, "requires_payment_method", customer=customer)
    booked(s.event("payment_intent.created", intent, f"evt_{number}a"))
    booked(s.event("charge.succeeded", charge, f"evt_{number}b"))
    return payment_id


def place(number: int, clock: FakeClock, **fields: Any) -> None:
    """Have an order asked for, as open_checkout notes it."""
    placed = order(order_id=f"order-{number}", **fields)
    lifecycle = submitting(
        OrderLifecycle(order_id=placed.order_id), ("stripe", "main"), clock.at, False, None
    )
    Orders("main").open(placed, lifecycle)
