"""POST /orders with `pay_by`: the order is invoiced at once, and paid by the invoice's link."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.open_checkout.app import lambda_handler as open_checkout
from kassa.billing.numbering.queue_unfinished import queue_unfinished
from kassa.billing.numbering.store import NUMBERED, Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.billing.orders import issue_order_invoice
from kassa.orders.store import Orders
from tests.support.api_requests import get
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.invoices import fact_batch, invoice_documents, order_captured
from tests.support.order_scene import FakeGateway
from tests.support.orders import ORDER_BODY
from tests.support.payment_links import follow
from tests.support.payment_links import north as north
from tests.support.queue_batches import failed
from tests.support.refund_stage import answered, http_event
from tests.support.taxed_orders import BOOK, BUYER, LAMP
from tests.support.taxed_orders import in_finland as in_finland

FIRST = "2026-00000001"
BODY = ORDER_BODY | {"pay_by": "2026-12-05", "lines": [LAMP, BOOK], "buyer": BUYER}


def send(**fields: Any) -> tuple[int, dict[str, Any]]:
    event = http_event("POST /orders", BODY | fields, "shop")
    return answered(open_checkout(event, Context()))


def receive(stack: Stack, times: int = 1) -> None:
    """Let the worker receive what was issued."""
    issued = [one for one in stack.published() if one["detail-type"] == "InvoiceIssued"]
    messages = [json.dumps({"detail": one["detail"]}) for one in issued] * times
    assert failed(generate(fact_batch(*messages), Context())) == []


def test_an_order_is_invoiced_and_its_answer_is_the_payment_link(
    stack: Stack, north: FakeGateway, in_finland: None
) -> None:
    status, answer = send()

    assert (status, answer["invoice_number"], answer["gateway"]) == (200, FIRST, None)
    assert north.submitted == []
    receive(stack)
    _, shown = get(f"/invoices/{FIRST}")
    assert (shown["state"], shown["due_on"], shown["open_minor"]) == ("open", "2026-12-05", 100_00)
    assert [one["rate"] for one in shown["taxes"]] == ["25.5", "13.5"]
    assert (shown["payment_url"], shown["order_id"]) == (answer["url"], "order-1")
    assert len(invoice_documents(stack)) == 1
    assert follow(answer["url"])[1]["Location"] == "https://north.example/north_1"
    [sent] = north.submissions
    assert [line.name for line in sent.lines] == ["Lamp", "Book"]


def test_sent_again_it_keeps_its_number_and_with_other_fields_it_is_refused(
    stack: Stack, north: FakeGateway, in_finland: None
) -> None:
    first = send()

    assert send() == first
    status, error = send(buyer=None)
    assert (status, error["code"], error["param"]) == (409, "conflict", "order_id")
    for change in ({"pay_by": "2026-12-06"}, {"pay_by": None}, {"amount_minor": 1, "lines": []}):
        status, error = send(**change)
        assert (status, error["code"]) in [(409, "order_changed"), (400, "invalid_parameter")]
    assert Numbers().series("main", "2026").last_number == 1


def test_an_order_whose_request_died_behind_its_number_is_invoiced_and_may_be_sent_again(
    stack: Stack, north: FakeGateway, in_finland: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise RuntimeError("the function is gone")

    with monkeypatch.context() as patch:
        patch.setattr(issue_order_invoice, "require_buyer", gone)
        assert send()[0] == 500
    assert queue_unfinished(lambda: 30.0) == 1
    body = json.dumps({NUMBERED: "order:main:order-1"})
    assert failed(generate(fact_batch(body), Context())) == []

    assert len(invoice_documents(stack)) == 1
    status, answer = send()
    assert (status, answer["invoice_number"]) == (200, FIRST)
    assert follow(answer["url"])[0] == 303


def test_sent_again_after_its_invoice_is_void_it_is_refused(
    stack: Stack, north: FakeGateway, in_finland: None
) -> None:
    send()
    void_document("main", FIRST, ("a mistake", OPERATOR), lambda: 30.0)

    status, error = send()
    assert (status, error["param"]) == (409, "order_id")
    assert f"{FIRST} is void" in error["message"]


def test_sent_again_after_its_day_it_keeps_its_number(
    stack: Stack, north: FakeGateway, in_finland: None, fake_clock: FakeClock
) -> None:
    first = send()
    fake_clock.at += timedelta(days=30)

    assert send() == first


def test_its_capture_settles_it_and_the_link_says_that_it_is_paid(
    stack: Stack, north: FakeGateway, in_finland: None
) -> None:
    url = send()[1]["url"]
    receive(stack)
    assert failed(generate(fact_batch(order_captured(1)), Context())) == []
    _, shown = get(f"/invoices/{FIRST}")

    assert (shown["state"], shown["open_minor"]) == ("paid", 0)
    assert Numbers().series("main", "2026").last_number == 1
    assert follow(url)[0] == 200
    assert north.submitted == []


def test_a_message_that_comes_twice_makes_its_documents_once(
    stack: Stack, north: FakeGateway, in_finland: None
) -> None:
    send()
    receive(stack, times=3)

    assert len(invoice_documents(stack)) == 1
    assert get(f"/invoices/{FIRST}")[1]["document_sha256"] is not None


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"lines": [LAMP, BOOK | {"tax": None}]}, "pay_by"),
        ({"lines": []}, "pay_by"),
        ({"pay_by": "2026-11-20"}, "pay_by"),
        ({"buyer": BUYER | {"address": {"country": "XX"}}}, "buyer"),
        ({"pay_by": "soon"}, "pay_by"),
    ],
)
def test_what_cannot_be_invoiced_is_refused_and_nothing_is_kept(
    stack: Stack, north: FakeGateway, in_finland: None, change: dict[str, Any], param: str
) -> None:
    status, error = send(**change)

    assert (status, error["param"]) == (400, param)
    assert Orders("main").content("order-1") is None
    assert Numbers().series("main", "2026").last_number == 0
