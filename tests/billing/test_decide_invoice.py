"""POST /invoices/{number}/{action}: a person voids a number with a reason, once."""

import json
from functools import partial
from typing import Any

import pytest

from functions.decide_invoice.app import lambda_handler
from functions.generate_invoice.app import lambda_handler as generate
from kassa.audit import store as audit_trail
from kassa.billing.invoices.decide_invoice import InvoiceDecision, decide_invoice
from kassa.billing.invoices.parameters import Action
from kassa.core.callers import Caller
from kassa.platform import aws
from kassa.platform.aws import client
from tests.support.api_requests import get
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.invoices import fact_batch, order_captured
from tests.support.refund_stage import answered, http_event

ROUTE = "POST /invoices/{number}/{action}"
FIRST = "2026-00000001"


def decide(
    body: Any, number: str = FIRST, action: str = "void", by: str = "anna", **headers: str
) -> tuple[int, dict[str, Any]]:
    event = http_event(ROUTE, body, by, number=number, action=action)
    return answered(lambda_handler(event | {"headers": event["headers"] | headers}, Context()))


@pytest.fixture(autouse=True)
def books(stack: Stack) -> Stack:
    aws.install({})
    generate(fact_batch(order_captured(1), order_captured(2)), Context())
    return stack


def test_a_void_is_shown_with_its_reason_and_audited_under_the_person() -> None:
    status, answer = decide({"reason": "issued twice"})

    assert (status, answer["state"], answer["open_minor"]) == (200, "void", 0)
    void = {"reason": "issued twice", "by": "anna", "at": "2026-11-21T09:00:00Z"}
    assert answer["void"] == void == get(f"/invoices/{FIRST}")[1]["void"]
    [act] = audit_trail.items(NOW.date())
    assert json.loads(act.content)["by"]["key_id"] == "anna"
    assert json.loads(act.content)["object_id"] == f"invoice/{FIRST}"


def test_the_second_of_two_changes_nothing(books: Stack) -> None:
    _, first = decide({"reason": "issued twice"})
    before = books.items()

    assert decide({"reason": "another"}, by="bert") == (200, first)
    assert books.items() == before


def test_many_at_once_make_one_void_and_break_no_chain() -> None:
    why = InvoiceDecision(reason="why")

    def void(by: str, number: str) -> Any:
        caller = Caller(key_id=by)
        return decide_invoice((number, Action.VOID), why, caller, lambda: 29.0).model_dump()

    asked = [("anna", FIRST), ("bert", FIRST), ("carl", "2026-00000002")] * 2
    views = at_once(partial(void, *one) for one in asked)

    shown = {view["void"]["by"] for view in views if view["number"] == FIRST}
    assert shown in ({"anna"}, {"bert"})
    assert len(list(audit_trail.items(NOW.date()))) == 2


def test_the_same_idempotency_key_gets_the_same_answer(books: Stack) -> None:
    key = {"idempotency-key": "void-1"}
    first = decide({"reason": "issued twice"}, **key)

    assert decide({"reason": "issued twice"}, **key) == first
    assert decide({"reason": "another"}, **key)[1]["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("body", "number", "action", "status"),
    [
        ({"reason": ""}, FIRST, "void", 400),
        ({"reason": " "}, FIRST, "void", 400),
        ({"reason": "x" * 501}, FIRST, "void", 400),
        ({}, FIRST, "void", 400),
        ({"reason": "why", "note": "more"}, FIRST, "void", 400),
        ({"reason": "why"}, FIRST, "shred", 400),
        ({"reason": "why"}, "2026-1", "void", 400),
        ({"reason": "why"}, "2026-00000009", "void", 404),
        ({"reason": "why"}, "CN-2026-00000001", "void", 404),
    ],
)
def test_what_cannot_be_decided_is_refused(
    books: Stack, body: Any, number: str, action: str, status: int
) -> None:
    before = [one for one in books.items() if "IDEMPOTENCY" not in one["PK"]["S"]]

    assert decide(body, number, action)[0] == status
    assert books.items() == before


def test_a_crash_after_the_write_is_completed_by_asking_again(books: Stack) -> None:
    real = client("s3")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the function is gone")

    aws.install({"s3": Broken()})
    assert decide({"reason": "issued twice"})[0] == 500
    aws.install({"s3": real})
    status, answer = decide({"reason": "issued twice"})

    assert (status, answer["void"]["reason"]) == (200, "issued twice")
    key = f"invoices/main/2026/{FIRST}.void.json"
    assert b"issued twice" in real.get_object(Bucket=books.bucket, Key=key)["Body"].read()
