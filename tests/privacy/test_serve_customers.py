"""The routes of a person's rights, through the real handler."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from functions.serve_customers.app import lambda_handler
from kassa.audit import store as audit_trail
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.person import CUSTOMER, PERSON, traces
from tests.support.person_scene import INVOICE, play
from tests.support.refund_stage import RefundStage, answered, http_event
from tests.support.refund_stage import stage as stage

EXPORT = "GET /customers/{customer_id}/export"
ERASE = "POST /customers/{customer_id}/erase"


@pytest.fixture
def asked(stage: RefundStage) -> Any:
    play(stage)
    stage.clock.at += timedelta(days=2)

    def ask(route: str, customer_id: str = CUSTOMER, query: str = "", left_s: float = 29.0) -> Any:
        confirmed = {"confirm": customer_id} if route == ERASE else ""
        event = http_event(route, confirmed, "finance", customer_id=customer_id)
        if query:
            name, _, value = query.partition("=")
            event |= {"rawQueryString": query, "queryStringParameters": {name: value}}
        context = Context()
        context.left_s = left_s
        return lambda_handler(event, context)

    return ask


def test_an_export_is_answered_as_json_and_as_pdf(asked: Any) -> None:
    status, exported = answered(asked(EXPORT))
    assert status == 200
    assert exported["buyers"][0]["buyer"]["email"] == PERSON.email
    pdf = asked(EXPORT, query="format=pdf")
    assert pdf["isBase64Encoded"]
    assert base64.b64decode(pdf["body"]).startswith(b"%PDF")


def test_an_erasure_says_what_was_erased_and_what_is_kept(asked: Any, stack: Stack) -> None:
    status, erased = answered(asked(ERASE))
    assert (status, erased["status"], erased["number"]) == (200, "done", 1)
    assert erased["erased"]["buyers"] == 1
    assert erased["kept"]
    assert "marks" not in erased
    assert traces(stack) == {"objects": [INVOICE]}
    day = (NOW + timedelta(days=2)).date()
    acts = [json.loads(one.content) for one in audit_trail.items(day)]
    assert {one["by"]["key_id"] for one in acts if one["operation"] == "customer.erase"} == {
        "finance"
    }


def test_an_erasure_without_time_is_begun_and_goes_on_when_asked_again(
    asked: Any, stack: Stack
) -> None:
    _, begun = answered(asked(ERASE, left_s=5.0))
    assert begun["status"] == "begun"
    _, done = answered(asked(ERASE))
    assert (done["status"], done["number"]) == ("done", 1)
    assert traces(stack) == {"objects": [INVOICE]}


@pytest.mark.parametrize("route", [EXPORT, ERASE])
def test_of_whom_nothing_is_known_the_answer_is_404(asked: Any, route: str) -> None:
    status, refused = answered(asked(route, "customer-0000"))
    assert (status, refused["code"]) == (404, "not_found")


def test_who_doesnt_confirm_the_id_erases_nobody(asked: Any, stack: Stack) -> None:
    event = http_event(ERASE, {"confirm": "customer-1"}, "finance", customer_id=CUSTOMER)
    status, refused = answered(lambda_handler(event, Context()))
    assert (status, refused["param"]) == (400, "confirm")
    assert traces(stack)["items"]
