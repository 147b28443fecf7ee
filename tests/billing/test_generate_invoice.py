"""generate_invoice, whole: one invoice a capture, numbered without gap, its document stored."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.generate_invoice.app import lambda_handler
from kassa.billing.invoices.invoice import Invoice
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.receivables.receivable import Receivable
from kassa.ledger.facts import LedgerFact
from kassa.platform import aws
from kassa.platform.documents import records
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.invoices import fact_batch, invoice_documents, invoice_of, order_captured
from tests.support.queue_batches import failed


def issued(fact: LedgerFact) -> Any:
    return invoice_of(fact.metadata.fact_id)


def test_a_capture_gets_a_numbered_invoice_and_its_document(stack: Stack, context: Context) -> None:
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []

    known = issued(order_captured())
    assert known.number_printed == "2026-00000001"
    assert known.merchant.name == "Kauppa Oy"
    (key,) = invoice_documents(stack)
    assert key == "invoices/main/2026/2026-00000001.pdf"


def test_an_invoice_leaves_a_record_that_it_can_come_back_from(
    stack: Stack, context: Context
) -> None:
    lambda_handler(fact_batch(order_captured()), context)

    [record] = records()
    left = {"document_key": None, "document_sha256": None}
    fields = json.loads(record)
    assert Receivable.model_validate_json(fields.pop("receivable")).state is InvoiceState.PAID
    assert Invoice.model_validate(fields) == issued(order_captured()).model_copy(update=left)


def test_a_second_delivery_issues_nothing_more(stack: Stack, context: Context) -> None:
    lambda_handler(fact_batch(order_captured(), order_captured()), context)
    before, stored = stack.items(), invoice_documents(stack)

    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    assert (stack.items(), invoice_documents(stack)) == (before, stored)


def test_captures_are_numbered_one_to_n(stack: Stack, context: Context) -> None:
    facts = [order_captured(number) for number in range(1, 8)]
    lambda_handler(fact_batch(*facts), context)

    assert [issued(fact).number for fact in facts] == [1, 2, 3, 4, 5, 6, 7]


def test_one_bad_record_fails_alone(stack: Stack, context: Context) -> None:
    answer = lambda_handler(fact_batch(order_captured(1), "poison", order_captured(2)), context)

    assert failed(answer) == ["m1"]
    assert issued(order_captured(2)).number == 2


def test_a_crash_before_the_document_is_completed_under_the_same_number(
    stack: Stack, context: Context
) -> None:
    class Broken:
        def put_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")

    aws.install({"s3": Broken()})
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == ["m0"]
    assert issued(order_captured()).document_sha256 is None

    aws.install({})
    assert failed(lambda_handler(fact_batch(order_captured(2), order_captured()), context)) == []
    assert issued(order_captured()).number == 1
    assert issued(order_captured()).document_sha256 is not None
    assert len(invoice_documents(stack)) == 2


def test_a_number_taken_meanwhile_is_left_to_its_owner(stack: Stack, context: Context) -> None:
    real = aws.client("dynamodb")

    class Overtaken:
        """A table in which another worker issues an invoice just before our first one."""

        others = [order_captured(number) for number in (8, 9)]

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **arguments: Any) -> Any:
            if self.others:
                other = self.others.pop()
                aws.install({"dynamodb": real})
                lambda_handler(fact_batch(other), Context())
                aws.install({"dynamodb": self})
            return real.transact_write_items(**arguments)

    aws.install({"dynamodb": Overtaken()})
    assert failed(lambda_handler(fact_batch(order_captured(1)), context)) == []
    numbers = [issued(order_captured(number)).number for number in (9, 8, 1)]
    assert numbers == [1, 2, 3]


def test_a_race_lost_until_the_time_is_up_brings_the_message_back(
    stack: Stack, context: Context
) -> None:
    context.left_s = 5.0
    real = aws.client("dynamodb")

    class Overtaken:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **_: Any) -> Any:
            codes = [{"Code": "ConditionalCheckFailed"}, {"Code": "None"}, {"Code": "None"}]
            error = {"Error": {"Code": "TransactionCanceledException"}}
            raise ClientError(error | {"CancellationReasons": codes}, "TransactWriteItems")  # type: ignore[arg-type]

    aws.install({"dynamodb": Overtaken()})
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == ["m0"]
    assert stack.items() == []


def test_another_merchants_capture_is_refused(stack: Stack, context: Context) -> None:
    assert failed(lambda_handler(fact_batch(order_captured(merchant_id="other")), context)) == [
        "m0"
    ]
    assert stack.items() == []


def test_a_document_that_stands_is_never_replaced(stack: Stack, context: Context) -> None:
    sent = b"%PDF-1.7 as an earlier release typeset it"
    key = "invoices/main/2026/2026-00000001.pdf"
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=sent)

    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    assert invoice_documents(stack) == {key: sent}


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-00000002"),
        (datetime(2027, 1, 1, tzinfo=UTC), "2027-00000001"),
    ],
)
def test_each_year_has_a_series_of_its_own(
    stack: Stack, context: Context, fake_clock: FakeClock, at: datetime, number: str
) -> None:
    lambda_handler(fact_batch(order_captured(1)), context)
    fake_clock.at = at
    lambda_handler(fact_batch(order_captured(2)), context)

    assert issued(order_captured(2)).number_printed == number
    fake_clock.at += timedelta(days=400)
    lambda_handler(fact_batch(order_captured(2)), context)
    assert issued(order_captured(2)).number_printed == number


def test_an_opening_balance_is_not_invoiced(stack: Stack, context: Context) -> None:
    assert failed(lambda_handler(fact_batch(order_captured(opening=True)), context)) == []
    assert stack.items() == []
