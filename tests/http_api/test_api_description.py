"""The API's description says of every route what a caller needs, and its examples are sound."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra import openapi_texts
from kassa.http_api.errors import CODES
from kassa.http_api.idempotency import HARMLESS
from tests.support.api_description import api_description
from tests.support.template import PORTAL, ROOT

DESCRIBED = api_description()
OPERATIONS = [
    (f"{method.upper()} {path}", route)
    for path, methods in DESCRIBED["paths"].items()
    for method, route in methods.items()
]
CREATED = {"POST /portal/sign-in-codes", "POST /portal/sessions"}
POSTS = [(name, route) for name, route in OPERATIONS if name.startswith("POST")]


def sound(schema: dict[str, Any], instance: Any) -> list[str]:
    """Return what is wrong of an instance by a schema of the description."""
    whole = schema | {"components": DESCRIBED["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(instance)]


@pytest.mark.parametrize(("name", "route"), OPERATIONS)
def test_every_route_says_what_it_does_and_how_it_refuses(name: str, route: dict[str, Any]) -> None:
    assert route["operationId"].isalpha()
    assert len(route["summary"]) > 5
    assert not route["summary"].startswith(("GET", "POST"))
    assert {"400", "401", "403", "429", "500", "503"} <= set(route["responses"])
    assert ("200" in route["responses"]) is (name not in CREATED)
    assert all(one.get("description") or "$ref" in one for one in route["parameters"])


@pytest.mark.parametrize(("name", "route"), POSTS)
def test_every_post_has_an_example_that_fits_its_schema(name: str, route: dict[str, Any]) -> None:
    content = route["requestBody"]["content"]["application/json"]

    assert sound(content["schema"], content["example"]) == []
    assert {"409", "413", "415"} <= set(route["responses"])
    takes_key = {"$ref": "#/components/parameters/Idempotency-Key"} in route["parameters"]
    assert takes_key is (name not in HARMLESS | PORTAL)


INTERNAL = {  # how Kassa goes on with something, which is nobody's to build on
    *(
        "last_fact",
        "is_watched",
        "check_count",
        "next_check_at",
        "alarms_at",
        "published",
        "alone",
        "disputes_lost",
    ),
    *("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"),
}
VERSIONED = {  # what is saved by versions, a payment's by which facts are in order, and exports
    *("RefundPolicy", "ReminderPolicy", "SellerProfile", "MessageSettings"),
    *("FeeContracts", "Assumptions", "SupportCase"),
    *("PaymentState", "BookedEvent", "FactMetadata", "Erasure"),
}


def test_no_answer_shows_what_kassa_notes_for_itself() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    shown = {name: set(schema.get("properties", {})) for name, schema in schemas.items()}

    assert {name: fields & INTERNAL for name, fields in shown.items() if fields & INTERNAL} == {}
    assert {name for name, fields in shown.items() if "version" in fields} == VERSIONED


def test_the_guide_lists_every_code_as_it_is() -> None:
    rows = [
        f"| {code.status} | `{code.type}` | `{name}` | {code.meaning} |"
        for name, code in CODES.items()
    ]
    guide = (ROOT / "docs" / "api.md").read_text().splitlines()

    assert [row for row in guide if row.startswith(("| 4", "| 5"))] == rows


def test_the_guide_names_every_filter_of_every_list() -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    listed = dict(re.findall(r"^\| `(/\w+)` \| (.*) \|$", guide, re.MULTILINE))
    for path in listed:
        route = DESCRIBED["paths"][path]["get"]
        named = {one["name"] for one in route["parameters"] if one.get("in") == "query"}
        filters = set(re.findall(r"`(\w+)`", listed[path]))
        assert filters == named - {"cursor", "limit"}
    assert len(listed) == 6


@pytest.mark.parametrize("status", sorted({code.status for code in CODES.values()} - {429}))
def test_every_refusal_has_an_example_of_the_one_form(status: int) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}

    assert sound(problem, openapi_texts.example(status)) == []
    assert openapi_texts.meaning(status).startswith("`")
