"""Hostile requests at every API handler and the authorizer: each gets an answer, none a 5xx."""

import base64
import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from functions.approve_refund.app import lambda_handler as approve_refund
from functions.authorize_api.app import lambda_handler as authorize_api
from functions.decide_invoice.app import lambda_handler as decide_invoice
from functions.decide_refund.app import lambda_handler as decide_refund
from functions.enter_payment.app import lambda_handler as enter_payment
from functions.issue_invoice.app import lambda_handler as issue_invoice
from functions.open_checkout.app import lambda_handler as open_checkout
from functions.save_policy.app import lambda_handler as save_policy
from functions.serve_api.app import lambda_handler as serve_api
from functions.serve_deliveries.app import lambda_handler as serve_deliveries
from functions.serve_invoices.app import lambda_handler as serve_invoices
from functions.serve_reminders.app import lambda_handler as serve_reminders
from functions.serve_webhooks.app import lambda_handler as serve_webhooks
from functions.try_policy.app import lambda_handler as try_policy
from kassa.api.authorize_api import SCOPES
from kassa.core.errors import GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.http_api.refusals import FIELDS_MAX
from kassa.platform import aws
from kassa.platform.settings import settings as kassa_settings
from tests.support.api_description import api_description
from tests.support.aws_stack import Context, Stack
from tests.support.effort import few

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

OF_ROUTE: dict[str, Handler] = {
    "POST /refunds": approve_refund,
    "POST /refunds/{refund_request_id}/{action}": decide_refund,
    "GET /invoices": serve_invoices,
    "GET /invoices/{number}": serve_invoices,
    "GET /receivables": serve_invoices,
    "GET /customers/{customer_id}/statement": serve_invoices,
    "POST /invoices": issue_invoice,
    "POST /invoices/{number}/{action}": decide_invoice,
    "POST /invoices/{number}/receipt": issue_invoice,
    "POST /orders": open_checkout,
    "POST /orders/{order_id}/attempts/{number}/resolve": open_checkout,
    "POST /payments/manual": enter_payment,
    "POST /payments/manual/{payment_id}/apply": enter_payment,
    "POST /payments/manual/{payment_id}/refund": enter_payment,
    "POST /payments/manual/{payment_id}/reverse": enter_payment,
    "POST /policies": save_policy,
    "POST /policies/try": try_policy,
    "GET /deliveries": serve_deliveries,
    "GET /deliveries/{delivery_id}": serve_deliveries,
    "POST /deliveries/{delivery_id}/redrive": serve_deliveries,
    "GET /suppressions": serve_deliveries,
    "GET /imports": serve_deliveries,
    "POST /suppressions/lift": serve_deliveries,
    "GET /webhook-endpoints": serve_webhooks,
    "POST /webhook-endpoints": serve_webhooks,
    "GET /webhook-endpoints/{endpoint_id}": serve_webhooks,
    "PATCH /webhook-endpoints/{endpoint_id}": serve_webhooks,
    "DELETE /webhook-endpoints/{endpoint_id}": serve_webhooks,
    "POST /webhook-endpoints/{endpoint_id}/rotate": serve_webhooks,
    "POST /webhook-endpoints/{endpoint_id}/test": serve_webhooks,
    "POST /webhook-endpoints/{endpoint_id}/replay": serve_webhooks,
    "GET /reminders/preview": serve_reminders,
    "GET /reminders/policy": serve_reminders,
    "PUT /reminders/policy": serve_reminders,
    "POST /reminders/policy/try": serve_reminders,
    "POST /reminders/pause": serve_reminders,
    "POST /reminders/resume": serve_reminders,
    "GET /reminders/customers/{customer_id}": serve_reminders,
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /refunds": {"payment_id": "pi_1", "reason": "damaged", "amount_minor": 100},
    "POST /refunds/{refund_request_id}/{action}": {"reason": "other", "note": "looked at it"},
    "POST /disputes/{gateway}/{account}/{dispute_id}/{action}": {"statement": "It was sent."},
    "POST /invoices": {
        **{"draft_id": "draft-1", "currency": "EUR", "customer_id": "customer-1"},
        "lines": [{"name": "Lamp", "unit_price_minor": 50_00, "tax": {"category": "Z"}}],
        "buyer": {"name": "Some Body", "address": {"country": "FI"}},
    },
    "POST /invoices/{number}/{action}": {"reason": "issued twice"},
    "POST /invoices/{number}/receipt": {},
    "POST /orders": {
        **{"order_id": "order-1", "amount_minor": 50_00, "currency": "EUR", "method": "card"},
        **{"success_url": "https://shop.example/a", "cancel_url": "https://shop.example/b"},
    },
    "POST /orders/{order_id}/attempts/{number}/resolve": {"outcome": "paid", "note": "seen"},
    "POST /payments/manual": {
        **{"method": "cash", "account": "till-1", "amount_minor": 100, "currency": "EUR"},
        **{"order_id": "order-1", "reference": "slip-1", "entry_id": "till-1/1"},
    },
    "POST /payments/manual/{payment_id}/apply": {"invoice_number": "2026-00000001"},
    "POST /payments/manual/{payment_id}/refund": {"amount_minor": 100, "currency": "EUR"},
    "POST /payments/manual/{payment_id}/reverse": {"reason": "bounced"},
    "POST /deliveries/{delivery_id}/redrive": {"reason": "their certificate is mended"},
    "POST /suppressions/lift": {
        "address": "jane@buyer.example",
        "reason": "their mailbox was full",
    },
    "POST /webhook-endpoints": {"url": "https://shop.example/hooks", "events": ["*"]},
    "PATCH /webhook-endpoints/{endpoint_id}": {"events": ["Payment*"]},
    "POST /webhook-endpoints/{endpoint_id}/rotate": {"overlap_hours": 1},
    "POST /webhook-endpoints/{endpoint_id}/test": {"comment": "hello"},
    "POST /webhook-endpoints/{endpoint_id}/replay": {
        "from": "2026-11-20T00:00:00Z",
        "to": "2026-11-21T00:00:00Z",
    },
    "POST /reminders/policy/try": {"days": 3, "policy": {}},
    "POST /reminders/pause": {
        **{"customer_id": "customer-1", "until": "2026-12-05", "reason": "a call"},
    },
    "POST /reminders/resume": {"customer_id": "customer-1"},
    "POST /policies": {"otherwise": "escalate", "rules": []},
    "POST /policies/try": {"days": 3, "policy": {"otherwise": "escalate", "rules": []}},
}
GIVEN = {
    **{"gateway": "stripe", "account": "main", "payment_id": "pi_1", "event_id": "evt_1"},
    **{"period": "daily", "day": "2026-11-20", "refund_request_id": "rr_1", "action": "approve"},
    **{"order_id": "order-1", "number": "1", "version": "1", "customer_id": "customer-1"},
    **{"delivery_id": "dl_1", "dispute_id": "du_1"},
    "figure": "net",
    "anomaly_id": "2026-11-20-4f1c09ab",
    **{"case_id": "SUP-1", "month": "2026-11"},
    "endpoint_id": "we_0123456789ab",
}
PATHS = api_description()["paths"]
LONG = "x" * 3000
DEEP = 100_000
STRINGS = [
    "",
    " ",
    "None",
    "null",
    "\x00",
    "é",
    "\u202e",
    "😀" * 600,
    "../..",
    "#",
    "%00",
    "a#b",
    LONG,
]
STRINGS += ["1e999", "-1", "0", "NaN", "9" * 5000, "[]", "{}", "true", "\ud800", "__proto__"]


def handler_of(route: str) -> Handler:
    return OF_ROUTE.get(route, serve_api)


def event_for(route: str, **more: Any) -> dict[str, Any]:
    method, _, template = route.partition(" ")
    path = template.format(**GIVEN)
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "queryStringParameters": {"day": "2026-11-20"},
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": path},
            "authorizer": {"lambda": {"key_id": "k1", "name": "shop"}},
        },
        "body": json.dumps(BODIES.get(route, {})) if method == "POST" else None,
        "isBase64Encoded": False,
    }
    return event | more


def answered(route: str, event: dict[str, Any]) -> int:
    """Ask, and require an answer that says what is off and never what failed in here."""
    answer = handler_of(route)(event, Context())
    status = int(answer["statusCode"])
    assert status < 500 or status == 503, answer
    json.loads(answer["body"])
    return status


class StrictTable:
    """DynamoDB's limits on keys, which moto doesn't hold: never empty, never too long."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def held(**fields: Any) -> Any:
            for key in self._keys(fields):
                for attribute, most in (("PK", 2048), ("SK", 1024)):
                    size = len(key[attribute]["S"].encode())
                    if not 0 < size <= most:
                        raise ClientError({"Error": {"Code": "ValidationException"}}, name)
            for value in fields.get("ExpressionAttributeValues", {}).values():
                if "S" in value and not len(value["S"].encode()) <= 2048:
                    raise ClientError({"Error": {"Code": "ValidationException"}}, name)
            return call(**fields)

        return held if callable(call) and not name.startswith("_") and name.islower() else call

    def _keys(self, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (fields[name] for name in ("Key", "Item") if name in fields)
        for action in fields.get("TransactItems", []):
            for one in action.values():
                yield one.get("Key") or one["Item"]
        for table in fields.get("RequestItems", {}).values():
            yield from table["Keys"]


@pytest.fixture(autouse=True)
def network(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing out; no gateway account is listed, and one that is asked is silent."""

    def silent(request: HttpRequest) -> HttpAnswer:
        raise GatewayUnavailable("no network in this test")

    monkeypatch.setenv("GATEWAY_ACCOUNTS", "adyen/main")
    kassa_settings.cache_clear()
    http.install(silent)
    aws.install({"dynamodb": StrictTable(aws.client("dynamodb"))})
    yield
    http.install(None)


POSTS = sorted(BODIES)


def known_parameters(route: str) -> list[str]:
    """Return the names of all that a route takes in its query, by the API's description."""
    method, _, path = route.partition(" ")
    described = PATHS.get(path, {}).get(method.lower(), {}).get("parameters", [])
    return [one["name"] for one in described if one.get("in") == "query"]


HOSTILE_BODIES = {
    "deep lists": "[" * DEEP,
    "deep closed lists": "[" * DEEP + "]" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep in a field": '{"reason":' + "[" * 5_000 + "]" * 5_000 + "}",
    "deep in a policy": '{"rules":' + '[{"when":' * 900 + "{}" + "}]" * 900 + "}",
    "not JSON": "{",
    "a number": "7",
    "null": "null",
    "nothing": "",
    "a huge number": '{"amount_minor":' + "9" * 6000 + "}",
    "a float": '{"amount_minor": 1e400}',
    "no number": '{"amount_minor": NaN}',
    "a surrogate": '{"payment_id": "\\ud800", "reason": "damaged"}',
    "nul": '{"payment_id": "\\u0000", "reason": "damaged", "order_id": null}',
    "twice": '{"reason": "damaged", "reason": "other"}',
    "a byte order mark": "\ufeff{}",
    "wide": json.dumps({f"k{n}": n for n in range(20_000)}),
}


@pytest.mark.parametrize("route", POSTS)
def test_a_hostile_body_is_refused(route: str) -> None:
    for name, body in HOSTILE_BODIES.items():
        assert answered(route, event_for(route, body=body)) in (400, 404, 409, 413, 415, 422), name


@pytest.mark.parametrize("route", POSTS)
def test_a_body_in_bad_base64_is_refused(route: str) -> None:
    for body in ("no base64!", base64.b64encode(b"\xff\xfe\x00").decode(), "aGk"):
        assert answered(route, event_for(route, body=body, isBase64Encoded=True)) == 400


@pytest.mark.parametrize("route", sorted(SCOPES))
def test_hostile_text_in_path_and_query_gets_an_answer(route: str) -> None:
    method, _, template = route.partition(" ")
    known = known_parameters(route)
    names = ("day", "cursor", "limit", "type", "payment_id", "order_id", "gateway", "account")
    for name in names if method == "GET" else ():  # by its name alone
        if name not in known:
            answered(route, event_for(route, queryStringParameters={name: LONG}))
    for text in STRINGS:
        path = template.format(**dict.fromkeys(GIVEN, text))
        event = event_for(route, rawPath=path, queryStringParameters=None)
        event["requestContext"]["http"]["path"] = path
        answered(route, event)
        for name in known:
            answered(route, event_for(route, queryStringParameters={name: text}))


@pytest.mark.parametrize("route", POSTS)
def test_hostile_text_in_any_field_of_a_body_gets_an_answer(route: str) -> None:
    for text, field in product(STRINGS, BODIES[route]):
        for value in (text, [{text: text}]):
            answered(route, event_for(route, body=json.dumps(BODIES[route] | {field: value})))


EMPTY = [{"payment_id": ""}, {"order_id": ""}, {"payment_id": "", "order_id": ""}]


@pytest.mark.parametrize("query", EMPTY, ids=["payment", "order", "both"])
def test_an_empty_id_is_refused_and_never_looked_up_as_none(query: dict[str, str]) -> None:
    answer = serve_api(event_for("GET /payments", queryStringParameters=query), Context())
    assert answer["statusCode"] == 400
    assert "is empty" in answer["body"]
    assert "None" not in answer["body"]


@pytest.mark.moto
def test_a_notification_at_what_failed_in_here_is_never_answered(stack: Stack) -> None:
    """A table that is gone is our fault: the caller gets the one form, and no text of ours."""
    aws.client("dynamodb").delete_table(TableName=stack.table)
    event = event_for("GET /refunds/{refund_request_id}", queryStringParameters=None)
    answer = serve_api(event, Context())
    assert answer["statusCode"] == 500
    for word in ("Exception", "Traceback", "boto", stack.table):
        assert word not in answer["body"]


KEYS = st.sampled_from([*{f for b in BODIES.values() for f in b}, "comment", "line_items", "rules"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(STRINGS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
TEXT = st.text(max_size=60) | st.sampled_from(STRINGS)
REQUESTS = st.fixed_dictionaries(
    {
        "route": st.sampled_from(sorted(SCOPES)),
        "body": st.none() | st.text() | st.dictionaries(KEYS, VALUES).map(json.dumps),
        "is_base64": st.booleans(),
        "headers": st.dictionaries(TEXT, TEXT, max_size=4) | st.none(),
        "query": st.dictionaries(st.sampled_from(["day", "cursor", "limit"]) | TEXT, TEXT)
        | st.none(),
        "method": st.sampled_from(["", "GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "é"]),
        "path": st.none() | TEXT,
    }
)


@few(60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(request=REQUESTS)
def test_whatever_is_requested_gets_an_answer(request: dict[str, Any]) -> None:
    route = request["route"]
    event = event_for(
        route,
        body=request["body"],
        isBase64Encoded=request["is_base64"],
        headers=request["headers"],
        queryStringParameters=request["query"],
    )
    if request["method"]:
        event["requestContext"]["http"]["method"] = request["method"]
    if request["path"] is not None:
        event["rawPath"] = event["requestContext"]["http"]["path"] = "/" + request["path"]
    answered(route, event)


@given(
    headers=st.dictionaries(st.just("authorization") | TEXT, TEXT, max_size=3) | st.none(),
    route=st.sampled_from(sorted(SCOPES)) | TEXT,
)
@few(60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whoever_proves_nothing_is_denied(headers: dict[str, str] | None, route: str) -> None:
    event = {"routeKey": route, "headers": headers}
    assert_nobody(authorize_api(event, Context()))


CREDENTIALS = [*STRINGS, "kassa_" + LONG + "_secret", "kassa__", "kassa_a_\x00"]


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer", "Bearer kassa_", "Basic ", ""])
def test_hostile_credentials_are_denied(scheme: str) -> None:
    for text in CREDENTIALS:
        for route in ("GET /events", "", text):
            event = {"routeKey": route, "headers": {"authorization": scheme + text}}
            assert_nobody(authorize_api(event, Context()))


def assert_nobody(answer: dict[str, Any]) -> None:
    """A refusal goes on to the API's functions without a key, and they let nobody in then."""
    context = answer.get("context", {})
    assert not answer["isAuthorized"] or ("key_id" not in context and context["refusal"])
    event = event_for("GET /events")
    event["requestContext"]["authorizer"] = {"lambda": context}
    assert serve_api(event, Context())["statusCode"] in (401, 403, 404)


def test_a_refusal_names_a_hundred_unknown_fields_and_no_more() -> None:
    event = event_for("POST /refunds", body=HOSTILE_BODIES["wide"])
    error = json.loads(approve_refund(event, Context())["body"])["error"]

    assert len(error["fields"]) == FIELDS_MAX == 100
    assert error["param"] == error["fields"][0]["field"]
