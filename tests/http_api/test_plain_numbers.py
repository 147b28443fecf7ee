"""A number that is sent as text has one spelling: plain digits, at every route that takes one."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra import openapi_texts
from tests.support.api_description import api_description
from tests.support.api_requests import answered, sent
from tests.support.aws_stack import Stack

DESCRIBED = api_description()
SPELLINGS = ["5_0", "1.0", " 1", "1 ", "+1", "1e0", "0x1", "١", "１", "¹", "true", "1" * 5000]
WHY = "must be a whole number in plain digits, such as 50"


def numbers(place: str) -> list[tuple[str, str]]:
    """Return every route and parameter in a path or query that is a number."""
    return [
        (f"{method.upper()} {path}", one["name"])
        for path, methods in DESCRIBED["paths"].items()
        for method, operation in methods.items()
        for one in operation.get("parameters", [])
        if one.get("in") == place and one["schema"].get("type") == "integer"
    ]


def event_of(route: str, path: dict[str, str] | None = None, **query: str) -> dict[str, Any]:
    """Return a request with a body that may be sent there, and words in its path and query."""
    operation = DESCRIBED["paths"][route.partition(" ")[2]][route.partition(" ")[0].lower()]
    event = sent(route, openapi_texts.REQUESTS.get(operation["operationId"], {}))
    report = {"period": "daily", "day": "2026-11-21", "figure": "net"}
    named = {"action": "approve"} | report | (path or {})
    filled = re.sub(r"{(\w+)}", lambda one: named.get(one[1], "1"), route.partition(" ")[2])
    event["requestContext"]["http"]["path"] = filled
    return event | {"rawPath": filled, "queryStringParameters": query or None}


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize(("route", "name"), numbers("query"))
def test_a_number_in_a_query_is_plain_digits(
    stack: Stack, route: str, name: str, spelled: str
) -> None:
    status, error, _ = answered(route, event_of(route, **{name: spelled}))

    assert (status, error["code"], error["param"]) == (400, "invalid_parameter", name)
    assert WHY in error["message"] or len(spelled) > 600


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize(("route", "name"), numbers("path"))
def test_a_number_in_a_path_is_plain_digits(
    stack: Stack, route: str, name: str, spelled: str
) -> None:
    status, error, _ = answered(route, event_of(route, {name: spelled}))

    assert (status, error["type"]) in ((400, "invalid_request"), (404, "not_found"))
    assert error["code"] == "unknown_route" or error["param"] in (name, "path")


def bodies() -> Iterator[tuple[str, list[str]]]:
    """Yield each route with the path of every number in the body that its description shows."""
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            shown = openapi_texts.REQUESTS.get(operation["operationId"])
            for steps in _numbers_in(shown):
                yield f"{method.upper()} {path}", steps
    yield from (("POST /refunds", ["line_items", 0, name]) for name in ("quantity", "amount_minor"))


def _numbers_in(shown: Any) -> Iterator[list[Any]]:
    inside = shown.items() if isinstance(shown, dict) else enumerate(shown or [])
    for step, found in inside:
        if type(found) is int:
            yield [step]
        elif isinstance(found, dict | list):
            yield from ([step, *rest] for rest in _numbers_in(found))


@pytest.mark.parametrize(("route", "steps"), [*bodies()], ids=str)
@pytest.mark.parametrize("spell", [str, float, lambda number: f"{number}_0"])
def test_a_number_in_a_body_is_no_text(
    stack: Stack, route: str, steps: list[Any], spell: Any
) -> None:
    event = event_of(route)
    body = json.loads(event["body"])
    if "line_items" in steps:
        body["line_items"] = [{"sku": "1", "quantity": 1, "amount_minor": 100}]
    *outer, last = steps
    holder = body
    for step in outer:
        holder = holder[step]
    holder[last] = spell(holder[last])

    status, error, _ = answered(route, event | {"body": json.dumps(body)})

    assert (status, error["type"]) == (400, "invalid_request")
    assert str(last) in error["message"]
