"""The API behind the emulator's real authorizer: who is let in, and what all others get."""

from typing import Any

import httpx
import pytest

from infra.demo.actors.people import Client, http, system
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import Scope


def sent(stack: Stack, method: str, path: str, **more: Any) -> httpx.Response:
    """Ask the API; every refusal has the one form, with the request's id in body and header."""
    answer = http().request(method, f"{stack.base_url}{path}", **more)
    if not answer.is_success:
        error = answer.json()["error"]
        assert error["request_id"] == answer.headers["x-request-id"] != ""
    assert answer.headers["kassa-version"]
    return answer


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Client:
    """Let a shop in that may ask for orders alone."""
    connect(stack)
    return system(stack, "lister", Scope.ORDERS_READ)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "missing_key"),
        ({"authorization": "Bearer kassa_0123456789abcdef_x"}, "invalid_key"),
        ({"authorization": "Basic eDp5"}, "invalid_key"),
    ],
)
@pytest.mark.parametrize("route", ["GET /orders", "POST /refunds", "GET /nowhere"])
def test_nobody_is_let_in_without_a_key(
    stack: Stack, route: str, headers: dict[str, str], code: str
) -> None:
    answer = sent(stack, *route.split(" "), headers=headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, code)


def test_a_missing_scope_an_unknown_route_and_another_method_are_distinguished(
    stack: Stack, shop: Client
) -> None:
    headers = {"authorization": f"Bearer {shop._headers['authorization'].split(' ')[1]}"}

    missing = sent(stack, "GET", "/refunds", headers=headers)
    assert (missing.status_code, missing.json()["error"]["scope"]) == (403, "refunds:read")
    assert sent(stack, "GET", "/nowhere", headers=headers).status_code == 404
    other = sent(stack, "DELETE", "/orders", headers=headers)
    assert (other.status_code, other.headers["allow"]) == (405, "GET, POST")
    assert sent(stack, "GET", "/orders?limit=1", headers=headers).json()["has_more"] in (
        True,
        False,
    )
