"""Writes that meet a transaction, and a table that takes no more: tried again, never a 500."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.approve_refund.app import lambda_handler as approve
from functions.book_event.app import lambda_handler as book
from functions.generate_invoice.app import lambda_handler as invoice
from kassa.core.errors import StaleWrite
from kassa.ledger.lists import cursors
from kassa.platform import aws
from tests.support.aws_stack import Context, Stack
from tests.support.invoices import fact_batch, invoice_documents, order_captured
from tests.support.order_requests import post
from tests.support.order_scene import OrderScene, opened
from tests.support.orders import ORDER_BODY
from tests.support.queue_batches import SUCCEEDED, batch, failed
from tests.support.refund_stage import RefundStage, http_event
from tests.support.refund_stage import stage as stage

CONFLICT = "TransactionConflictException"
THROTTLES = (
    *("ThrottlingException", "ProvisionedThroughputExceededException"),
    *("RequestLimitExceeded", "TooManyRequestsException"),
)


@pytest.fixture
def orders() -> Iterator[OrderScene]:
    with opened() as made:
        yield made


def fail(
    patch: pytest.MonkeyPatch, method: str, code: str, times: int, only: str = ""
) -> list[str]:
    """Let the table's next calls of a method fail; return what failed so far."""
    client, met = aws.client("dynamodb"), list[str]()
    real = getattr(client, method)

    def called(**request: Any) -> Any:
        if len(met) < times and only in str(request):
            met.append(code)
            raise ClientError({"Error": {"Code": code, "Message": "busy"}}, method)
        return real(**request)

    patch.setattr(client, method, called)
    return met


def test_a_write_that_meets_a_transaction_is_tried_again(
    orders: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = fail(monkeypatch, "update_item", CONFLICT, 2, only="ORDER#")
    answer = post(ORDER_BODY)

    assert (len(met), answer["statusCode"]) == (2, 200)
    assert len(orders.submitted()) == 1


def test_one_that_meets_transactions_all_the_time_is_to_be_retried(
    orders: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail(patch, "update_item", CONFLICT, 10_000, only="ORDER#")
        answer = post(ORDER_BODY)

    assert answer["statusCode"] == 503
    assert int(answer["headers"]["Retry-After"]) >= 1
    assert len(orders.submitted()) == 1


@pytest.mark.parametrize("code", THROTTLES)
@pytest.mark.parametrize("method", ["query", "transact_write_items"])
def test_a_table_that_takes_no_more_is_a_503_that_says_when_to_come_back(
    stage: RefundStage, context: Context, monkeypatch: pytest.MonkeyPatch, method: str, code: str
) -> None:
    body = {"payment_id": stage.pay(), "reason": "damaged", "amount_minor": 10_00}
    met = fail(monkeypatch, method, code, 1)
    answer = approve(http_event("POST /refunds", body, "shop"), context)

    assert (len(met), answer["statusCode"]) == (1, 503)
    assert int(answer["headers"]["Retry-After"]) >= 1
    again = approve(http_event("POST /refunds", body, "shop"), context)
    assert again["statusCode"] == 200


def test_what_is_a_fault_of_ours_stays_one(
    stage: RefundStage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"payment_id": stage.pay(), "reason": "damaged", "amount_minor": 10_00}
    fail(monkeypatch, "query", "ValidationException", 1)

    assert approve(http_event("POST /refunds", body, "shop"), context)["statusCode"] == 500


def unlisted() -> dict[str, Any]:
    return SUCCEEDED | {"id": "evt_other", "type": "person.created"}


def test_an_event_whose_write_meets_a_transaction_is_booked_once(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = fail(monkeypatch, "put_item", CONFLICT, 1)

    assert failed(book(batch(unlisted()), context)) == []
    assert (len(met), len(stack.items())) == (1, 1)


def test_an_event_that_never_finds_room_comes_back(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "put_item", CONFLICT, 1000)
    context.left_s = 0.5

    assert failed(book(batch(unlisted()), context)) == ["m0"]


def test_an_invoice_whose_note_meets_a_transaction_comes_back_and_stays_one(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "update_item", CONFLICT, 1)

    assert failed(invoice(fact_batch(order_captured()), context)) == ["m0"]
    assert failed(invoice(fact_batch(order_captured()), context)) == []
    assert len(invoice_documents(stack)) == 1


def test_every_plain_write_says_that_it_met_a_transaction(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "update_item", CONFLICT, 1)
    with pytest.raises(StaleWrite):
        cursors.advance("stripe", "main", "events", "evt_1")
