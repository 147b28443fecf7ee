"""Every refusal of the API has one form, at every route, whoever asks and whatever was sent."""

import base64
import json
import re

import pytest

from kassa.disputes.answers.answering import BODY_MAX as EVIDENCE_MAX
from kassa.http_api.errors import CODES, ErrorType
from kassa.http_api.refusals import is_known
from kassa.http_api.routes import SCOPES, methods_of
from kassa.platform.settings import settings
from tests.support.api_description import api_description
from tests.support.api_requests import KEY, ROUTES, answered, sent
from tests.support.aws_stack import Stack

GUARDED = sorted(route for route, messages in ROUTES.items() if messages.get("AuthorizerId"))


NOBODY = [
    None,
    {},
    {"name": "shop"},
    {"key_id": ""},
    {"key_id": None},
    {"refusal": "missing_key", "scope": ""},
    {"refusal": "invalid_key", "scope": ""},
    {"refusal": "invalid_key", "scope": "", "key_id": KEY},
    {"refusal": "never heard of", "key_id": KEY},
    {"refusal": "", "key_id": KEY},
]


@pytest.mark.parametrize("route", GUARDED)
def test_no_handler_does_anything_for_whom_the_authorizer_did_not_name(
    stack: Stack, route: str
) -> None:
    for context in NOBODY:
        status, error, headers = answered(route, sent(route, {}, context))

        assert (status, error["type"]) == (401, "authentication"), context
        assert headers["WWW-Authenticate"].startswith("Bearer"), context
        assert stack.items() == [], context


@pytest.mark.parametrize("route", GUARDED)
def test_no_handler_does_anything_without_a_context_at_all(stack: Stack, route: str) -> None:
    event = sent(route, {})
    event["requestContext"] |= {"authorizer": None}

    assert answered(route, event)[0] == 401


@pytest.mark.parametrize("route", sorted(SCOPES))
def test_a_missing_scope_is_403_and_named(stack: Stack, route: str) -> None:
    context = {"refusal": "missing_scope", "scope": "refunds:write"}
    status, error, _ = answered(route, sent(route, {}, context))

    assert (status, error["type"], error["scope"]) == (403, "permission", "refunds:write")
    assert "refunds:write" in error["message"]


@pytest.mark.parametrize(("method", "code"), [("PUT", "method_not_allowed"), ("GET", None)])
def test_another_method_is_405_and_an_unknown_path_404(
    stack: Stack, method: str, code: str | None
) -> None:
    path = "/refunds/rr_1" if code else "/nowhere"
    event = sent("$default", None, {"refusal": "unknown_route"})
    event |= {"rawPath": path}
    event["requestContext"]["http"] = {"method": method, "path": path}

    status, error, headers = answered("$default", event)

    assert (status, error["code"]) == ((405, code) if code else (404, "unknown_route"))
    assert headers.get("Allow") == ("GET" if code else None)


POSTS = [route for route in GUARDED if route.startswith("POST")]


@pytest.mark.parametrize("route", POSTS)
def test_a_body_that_is_not_sent_as_json_is_415_and_never_repeated(
    stack: Stack, route: str
) -> None:
    for media in ("", "text/plain", "application/x-www-form-urlencoded", "json"):
        event = sent(route, {"order_id": "order-1"}, **{"content-type": media})

        status, error, _ = answered(route, event)

        assert (status, error["param"]) == (415, "Content-Type"), media
        assert "order" not in json.dumps(error), media


NO_JSON = {
    "nothing": "",
    "broken": '{"a": 1,\n  "b": }',
    "no object": "[]",
    "deep": '{"a":' * 40 + "1" + "}" * 40,
    "far too deep": "[" * 100_000 + "]" * 100_000,
    "twice": '{"a": 1, "a": 2}',
    "not a number": '{"a": NaN}',
    "too large": '{"a": 1e999}',
    "too many digits": '{"a": ' + "9" * 5000 + "}",
    "half a character": '{"a": "\\ud800"}',
    "half a name": '{"\\udfff": 1}',
}


@pytest.mark.parametrize("route", POSTS)
def test_a_body_that_nobody_can_hold_is_400_and_says_why(stack: Stack, route: str) -> None:
    for what, body in NO_JSON.items():
        status, error, _ = answered(route, sent(route, body))

        assert (status, error["code"], error["param"]) == (400, "invalid_json", "body"), what
        if what == "broken":
            assert "line 2, column 8" in error["message"]


@pytest.mark.parametrize("route", POSTS)
def test_bytes_that_are_no_text_are_400(stack: Stack, route: str) -> None:
    for body in ("!", base64.b64encode(b"\xff\xfe{}").decode()):
        event = sent(route, body) | {"isBase64Encoded": True}

        assert answered(route, event)[1]["code"] == "invalid_json", body


@pytest.mark.parametrize("route", POSTS)
def test_a_body_larger_than_any_request_is_413(stack: Stack, route: str) -> None:
    most = EVIDENCE_MAX if route.startswith("POST /disputes") else 2**20  # it brings files
    assert answered(route, sent(route, '{"a": "' + "x" * most + '"}'))[0] == 413


@pytest.mark.parametrize("route", [route for route in SCOPES if route != "GET /openapi.json"])
def test_an_unknown_version_is_refused_by_name(stack: Stack, route: str) -> None:
    status, error, _ = answered(route, sent(route, {}, **{"Kassa-Version": "2020-01-01"}))

    assert (status, error["param"]) == (400, "Kassa-Version")


@pytest.mark.parametrize("route", [route for route in SCOPES if route.startswith("GET")])
def test_an_unknown_query_parameter_is_refused_by_name(stack: Stack, route: str) -> None:
    event = sent(route)
    event["rawPath"] = event["rawPath"].replace("/reports/1/1", "/reports/daily/2026-11-21")
    event["rawPath"] = event["rawPath"].replace("/figures/1", "/figures/net")
    event["rawPath"] = event["rawPath"].replace("/invoices/1", "/invoices/2026-00000001")
    event["requestContext"]["http"]["path"] = event["rawPath"]
    event["queryStringParameters"] = {"expand": "all"}

    status, error, _ = answered(route, event)

    assert (status, error["code"], error["param"]) == (400, "unknown_parameter", "expand")


def test_a_query_parameter_that_is_sent_twice_is_refused_by_name(stack: Stack) -> None:
    event = sent("GET /payments")
    event |= {"rawQueryString": "order_id=a&limit=5&order%5Fid=b"}
    event["queryStringParameters"] = {"order_id": "a,b", "limit": "5"}

    status, error, _ = answered("GET /payments", event)
    assert (status, error["code"], error["param"]) == (400, "invalid_parameter", "order_id")


def test_a_missing_field_is_named_in_our_message(stack: Stack) -> None:
    _, order, _ = answered("POST /orders", sent("POST /orders", {"order_id": "order-1"}))

    messages = {one["field"]: one["message"] for one in order["fields"]}
    assert messages["amount_minor"] == messages["success_url"] == "is missing"


def test_what_is_off_is_said_without_words_of_a_programming_language(stack: Stack) -> None:
    tax = {"category": "X", "rate": "25.5"}
    line = {"name": "", "unit_price_minor": 1, "tax": tax}
    draft = {"draft_id": "d-1", "currency": "EUR", "colour": "red", "lines": [line], "note": ""}
    _, empty, _ = answered("POST /invoices", sent("POST /invoices", {**draft, "lines": []}))
    _, other, _ = answered("POST /invoices", sent("POST /invoices", draft))

    assert "holds too few: at least 1" in {one["message"] for one in empty["fields"]}
    messages = {one["field"]: one["message"] for one in other["fields"]}
    assert messages["colour"] == "is no field of this request"
    assert messages["note"] == "is too short: at least 1"
    assert messages["lines.0.tax.category"].startswith("must be 'S', ")


def test_a_name_that_a_caller_made_up_is_not_repeated(stack: Stack) -> None:
    event = sent("POST /refunds", {"reason": "damaged", "jane@shop.example 4242": 1})

    _, error, _ = answered("POST /refunds", event)

    assert "jane" not in json.dumps(error)


def test_what_fails_in_us_is_500_in_the_same_form(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")
    settings.cache_clear()

    status, error, _ = answered("GET /policies", sent("GET /policies"))

    assert (status, error["code"]) == (500, "internal")
    assert "gone" not in json.dumps(error)


def test_no_pattern_of_the_api_is_answered_as_a_regular_expression() -> None:
    described = json.dumps(api_description())
    written = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', described)
    patterns = {json.loads(f'"{one}"') for one in written}
    unknown = {one for one in patterns if not is_known(one)}

    assert unknown <= STORED


STORED: set[str] = set()  # patterns of what we answer, which nobody sends


@pytest.mark.parametrize("kind", list(ErrorType))
def test_every_type_has_a_code(kind: ErrorType) -> None:
    assert kind in {code.type for code in CODES.values()}


def test_a_path_knows_the_methods_of_its_routes() -> None:
    assert methods_of("/refunds") == ["GET", "POST"]
    assert methods_of("/payments/stripe/main/pi_1") == ["GET"]
    assert methods_of("/openapiXjson") == []
