"""The deployed API keeps to the description that it serves itself, whoever asks it whatever.

schemathesis draws sound requests and broken ones from the stack's own openapi.json, and asks the
API over HTTP with keys of all roles, as two persons who mustn't be one. What they do by that, such
as saving policies and sending orders, stays behind: so these tests are the stack's last.
"""

import os
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from schemathesis import GenerationMode

from infra import openapi_texts
from infra.demo.actors.people import http
from infra.demo.result import Result
from infra.local import observed
from infra.stack import Stack
from infra.stack_clients import connect, operator
from kassa.people.create_api_key import create_key_for_person
from kassa.people.create_person import create_person
from kassa.people.persons import Role
from tests.support.api_schema import (
    EXAMPLED,
    IGNORED_AUTH,
    LABELS,
    LEFT_OUT,
    operations,
    send_drawn,
)
from tests.support.template import PORTAL, resources

# For each operation, a sound one and a broken one; the night draws more, and so does the same
# proof in process (tests/http_api). What a handler makes of broken bodies is proved there for each
# route: here they are sent to one route of each function.
EXAMPLES = int(os.environ.get("STACK_EXAMPLES", "1"))
TIMEOUT_S = 60.0
NAMED = {"action": "approve", "number": "1", "version": "1", "period": "daily", "day": "2026-11-01"}


class Door:
    """The stack's API, asked by whoever may; it counts which operations were."""

    def __init__(self, stack: Stack, clerk: str, finance: str) -> None:
        self.stack, self._clerk, self._finance = stack, clerk, finance
        self.session, self.requested = requests.Session(), set[str]()
        described = self.get("/openapi.json").json()
        self.operations = operations(schemathesis.openapi.from_dict(described))

    def key_for(self, label: str) -> dict[str, str]:
        """Return the header of one whose roles allow an operation."""
        who = self._finance if label == "POST /policies" else self._clerk
        return {"Authorization": f"Bearer {who}"}

    def get(self, path: str) -> httpx.Response:
        """Read something."""
        return self.send(f"GET {path}", path)

    def send(self, label: str, path: str, **more: Any) -> httpx.Response:
        """Send a request as it is written, sound or not, to where an operation would be."""
        method = label.partition(" ")[0]
        headers = self.key_for(label) | more.pop("headers", {})
        url = f"{self.stack.base_url}{path}"
        return http().request(method, url, headers=headers, **more)

    def call(self, case: schemathesis.Case) -> int:
        """Ask, hold the answer against every check, and return its status."""
        self.requested.add(case.operation.label)
        answer = case.call_and_validate(
            base_url=self.stack.base_url,
            session=self.session,
            headers=self.key_for(case.operation.label),
            excluded_checks=[*LEFT_OUT, IGNORED_AUTH],  # which asks thrice: once a case is enough
            timeout=TIMEOUT_S,
        )
        return int(answer.status_code)


@pytest.fixture(scope="module")
def door(stack: Stack, result: Result) -> Door:
    """Let two in who may do everything together, in front of books with a day's traffic."""
    connect(stack)
    by = operator(stack)
    clerk = create_person("Clerk of the API", [Role.SUPPORT, Role.APPROVER, Role.READER], by)
    finance = create_person("Finance of the API", [Role.FINANCE], by)
    return Door(stack, *(create_key_for_person(one, by)[0] for one in (clerk, finance)))


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", LABELS)
def test_the_deployed_api_keeps_to_its_own_description(
    door: Door, label: str, mode: GenerationMode
) -> None:
    send_drawn(door.operations[label], mode, EXAMPLES, door.call)


@pytest.mark.parametrize("label", EXAMPLED)
def test_an_example_of_the_description_is_answered_as_described(door: Door, label: str) -> None:
    operation = door.operations[label]
    example = openapi_texts.REQUESTS[operation.definition.raw["operationId"]]

    status = door.call(operation.Case(body=example, media_type="application/json"))

    assert status == 404 if label == "POST /refunds" else status < 500


LISTS: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, str]]]] = {
    "GET /payments/{gateway}/{account}/{payment_id}": (
        "/payments",
        lambda one: {name: one[name] for name in ("gateway", "account", "payment_id")},
    ),
    "GET /events/{event_id}": ("/events", lambda one: {"event_id": one["event_id"]}),
    "GET /invoices/{number}": ("/invoices", lambda one: {"number": one["number"]}),
    "GET /orders/{order_id}": ("/orders", lambda one: {"order_id": one["order"]["order_id"]}),
    "GET /policies/{version}": ("/policies", lambda one: {"version": str(one["version"])}),
}


@pytest.mark.parametrize("label", LISTS)
def test_what_stands_in_the_books_is_shown_as_described(door: Door, label: str) -> None:
    path, names = LISTS[label]
    listed = door.get(path).json()
    (items,) = (found for found in listed.values() if isinstance(found, list))

    assert items
    for one in items[:10]:
        assert door.call(door.operations[label].Case(path_parameters=names(one))) == 200


def test_a_refund_and_a_report_are_shown_as_described(door: Door, result: Result) -> None:
    refunds = door.operations["GET /refunds/{refund_request_id}"]
    reports = door.operations["GET /reports/{period}/{day}"]
    day = result.report[0].parent.name

    for one in result.orders:
        if found := one.refund_request_id:
            assert door.call(refunds.Case(path_parameters={"refund_request_id": found})) == 200
    assert door.call(reports.Case(path_parameters={"period": "daily", "day": day})) == 200


@pytest.mark.parametrize("label", sorted(set(LABELS) - PORTAL))
def test_nobody_is_answered_without_a_key(door: Door, label: str) -> None:
    method, path = written(label)

    answer = http().request(method, f"{door.stack.base_url}{path}", json={})

    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}


def written(label: str) -> tuple[str, str]:
    """Return a method and a path with a word for each name in it."""
    method, _, path = label.partition(" ")
    parts = [
        NAMED.get(part[1:-1], "x") if part.startswith("{") else part for part in path.split("/")
    ]
    return method, "/".join(parts)


def first_posts() -> set[str]:
    """Return one operation of each function that takes bodies."""
    routes = resources("ApiGatewayV2::Route").values()
    function_of = {one["RouteKey"]: str(one["Target"]) for one in routes}
    posts = (label for label in LABELS if label.startswith("POST"))
    return set({function_of[label]: label for label in posts}.values())


FIRST_POSTS = first_posts()


def malformed(label: str) -> list[dict[str, Any]]:
    """Return what no operation takes: words beside the query, headers, and bodies that are none."""
    json = {"Content-Type": "application/json"}
    body: dict[str, Any] = {"json": {}} if label.startswith("POST") else {}
    found: list[dict[str, Any]] = [body | {"params": {"nobody": "knows"}}]
    if label in FIRST_POSTS:
        found += [body | {"headers": {"Kassa-Version": "yesterday"}}]
        found += [
            {"headers": json, "content": body}
            for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a": NaN}', b"[" * 2000)
        ]
        found += [{"headers": {"Content-Type": "text/plain"}, "content": b"{}"}]
    return found


@pytest.mark.parametrize("label", LABELS)
def test_what_is_malformed_is_refused_in_the_one_form(door: Door, label: str) -> None:
    _, path = written(label)

    for more in malformed(label):
        refused(door.operations[label], door.send(label, path, **more))


STRANGE = ["%00", "%FF", "..%2F..", "%20", "a" * 2000, "%F0%9F%92%B6", "'", "<script>"]


NAMING = [label for label in LABELS if "{" in label]
DEALT = 4  # the strange values are dealt out by turns: each operation is asked for two of them


@pytest.mark.parametrize("label", NAMING)
def test_a_strange_value_in_a_path_is_refused_in_the_one_form(door: Door, label: str) -> None:
    for name in [part[1:-1] for part in label.split("/") if part.startswith("{")]:
        for word in STRANGE[NAMING.index(label) % DEALT :: DEALT]:
            _, sent = written(label.replace(f"{{{name}}}", "\0"))
            refused(door.operations[label], door.send(label, sent.replace("\0", word)))


def refused(operation: Any, answer: httpx.Response) -> None:
    """Hold that an answer is a refusal of the one form, which the operation describes."""
    assert 400 <= answer.status_code < 500, answer.text
    assert {"type", "code", "param", "message", "request_id"} <= set(answer.json()["error"])
    described = set(operation.definition.raw["responses"]) | {"404", "405"}  # it is no route then
    assert str(answer.status_code) in described


def test_every_operation_was_called_and_nothing_is_left_behind(door: Door, stack: Stack) -> None:
    assert sorted(door.operations) == LABELS
    assert sorted(door.requested) == LABELS
    assert observed.wait_until(lambda: observed.is_at_rest(stack), TIMEOUT_S)
    assert observed.dead_letters(stack) == {}
