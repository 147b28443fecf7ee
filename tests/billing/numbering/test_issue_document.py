"""A document is numbered with its record in one write, and finished however often it is tried."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.generate_invoice.app import lambda_handler
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import issue_document, store_documents
from kassa.billing.numbering.record import (
    GENESIS,
    InvoiceState,
    IssuedDocument,
    Statement,
    content_digest,
    hashed,
)
from kassa.billing.numbering.restore_numbers import bring_back
from kassa.billing.numbering.store import Numbers
from kassa.core.errors import InvoiceNotFound, StaleWrite
from kassa.platform import aws, keys, table
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import SHOP
from tests.support.invoices import fact_batch, invoice_of, order_captured
from tests.support.queue_batches import failed

CONTENT = {"buyer": {"name": "Beispiel GmbH"}, "lines": [{"name": "Lamp"}]}


def credit(number: int = 1, **fields: Any) -> Statement:
    known = {"kind": DocumentKind.CREDIT_NOTE, "source_id": f"refund:{number}", "currency": "EUR"}
    rest = {"gross_minor": 5_00, "preceding": "2026-00000001"}
    return Statement.model_validate(known | rest | fields)


def give(statement: Statement) -> IssuedDocument:
    return issue_document(statement, SHOP, lambda: 30.0)


def test_credit_notes_and_invoices_count_apart(stack: Stack, context: Context) -> None:
    lambda_handler(fact_batch(order_captured(1), order_captured(2)), context)
    first, second = give(credit(1)), give(credit(2))

    assert [first.number_printed, second.number_printed] == ["CN-2026-00000001", "CN-2026-00000002"]
    assert (first.entry.previous, second.entry.previous) == (GENESIS, first.entry_hash)
    assert Numbers().series("main", "2026").last_number == 2
    assert first.path("pdf") == "invoices/main/CN-2026/CN-2026-00000001.pdf"


def test_a_source_is_numbered_once(stack: Stack) -> None:
    first = give(credit())
    before = stack.items()

    assert give(credit(gross_minor=7_00)) == first
    assert stack.items() == before


def test_an_invoice_of_a_capture_stands_in_the_chain_with_its_content(
    stack: Stack, context: Context
) -> None:
    lambda_handler(fact_batch(order_captured(1), order_captured(2)), context)
    [first, second] = [Numbers().numbered("main", "2026", number) for number in (1, 2)]

    assert first.state is InvoiceState.PAID
    assert first.entry_text is not None
    assert first.entry_hash == hashed(first.entry_text) == second.entry.previous
    assert (first.entry.gross_minor, first.entry.currency) == (100_00, "EUR")
    assert first.entry.payment_id == "pi_1"
    assert list(first.documents) == ["pdf"]
    invoice = invoice_of(order_captured(1).metadata.fact_id)
    assert invoice is not None
    record = invoice.model_dump(mode="json", exclude_none=True)
    assert first.entry.content_sha256 == content_digest(record)


def test_the_table_holds_nothing_about_the_buyer(stack: Stack) -> None:
    document = give(credit(content_sha256=content_digest({"content": CONTENT})))
    store_documents(document, CONTENT, {"pdf": b"%PDF", "xml": b"<Invoice/>"})

    kept = Numbers().numbered("main", "CN-2026", 1)
    assert kept.documents.keys() == {"json", "pdf", "xml"}
    assert kept.documents["pdf"] == hashed("%PDF")
    assert "Beispiel" not in str(stack.items())


def test_documents_that_stand_are_never_replaced(stack: Stack) -> None:
    document = give(credit())
    store_documents(document, CONTENT, {"pdf": b"first"})
    store_documents(document, CONTENT, {"pdf": b"second", "xml": b"<x/>"})

    kept = Numbers().numbered("main", "CN-2026", 1)
    assert (kept.documents["pdf"], kept.documents["xml"]) == (hashed("first"), hashed("<x/>"))


def test_a_lost_number_comes_back_from_its_record_without_what_it_says(stack: Stack) -> None:
    for number in (1, 2):
        store_documents(give(credit(number)), CONTENT, {"pdf": b"%PDF"})
    before, client = stack.items(), aws.client("dynamodb")
    for item in before:
        key = {name: item[name] for name in ("PK", "SK")}
        client.delete_item(TableName=stack.table, Key=key)
    records = [aws.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read() for key in (
        "invoices/main/CN-2026/CN-2026-00000001.json",
        "invoices/main/CN-2026/CN-2026-00000002.json",
    )]  # fmt: skip

    assert [bring_back(one) for one in records] == [
        "CN-2026-00000001",
        "CN-2026-00000002",
    ]
    assert [bring_back(one) for one in records] == [None, None]
    again = [item | {"documents": {"M": {}}} if "entry" in item else item for item in before]
    assert sorted(map(str, map(sorted, stack.items()))) == sorted(map(str, map(sorted, again)))
    assert give(credit(3)).entry.previous == Numbers().numbered("main", "CN-2026", 2).entry_hash


def test_a_series_that_an_earlier_release_counted_goes_on_and_begins_its_chain(
    stack: Stack, context: Context
) -> None:
    series = {"merchant_id": "main", "name": "2026", "last_number": 41}
    item = keys.invoice_series("main", "2026")._asdict() | series
    table.put_new(item | {"last_issued_on": "2026-11-20"})

    assert failed(lambda_handler(fact_batch(order_captured(1), order_captured(2)), context)) == []
    given = [Numbers().numbered("main", "2026", number) for number in (42, 43)]
    assert [one.entry.position for one in given] == [1, 2]
    assert given[0].entry.previous == GENESIS


def test_a_number_that_an_earlier_release_took_in_between_is_passed_over(stack: Stack) -> None:
    first = give(credit(1))
    table.write(  # as it counts: number and date, nothing of a chain
        "update_item",
        **table.setting(keys.invoice_series("main", "CN-2026"), {"last_number": 2}),
    )
    third = give(credit(3))

    assert (third.entry.number, third.entry.position) == (3, 2)
    assert third.entry.previous == first.entry_hash


def test_a_number_that_was_not_given_is_not_found(stack: Stack) -> None:
    with pytest.raises(InvoiceNotFound, match="CN-2026-00000001"):
        Numbers().numbered("main", "CN-2026", 1)


def test_who_loses_the_number_takes_the_next_one(stack: Stack) -> None:
    real = aws.client("dynamodb")

    class Overtaken:
        others = [credit(9), credit(8)]

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **arguments: Any) -> Any:
            if self.others:
                other = self.others.pop()
                aws.install({"dynamodb": real})
                give(other)
                aws.install({"dynamodb": self})
            return real.transact_write_items(**arguments)

    aws.install({"dynamodb": Overtaken()})
    assert give(credit(1)).entry.number == 3


def test_a_number_that_is_taken_though_the_series_says_otherwise_is_no_race(stack: Stack) -> None:
    give(credit(1))
    table.write(
        "update_item",
        **table.setting(keys.invoice_series("main", "CN-2026"), {"last_number": 0}),
    )
    aws.client("dynamodb").delete_item(
        TableName=stack.table, Key=table.key(keys.invoice_series("main", "CN-2026"))
    )
    with pytest.raises(ClientError, match="TransactionCanceled"):
        give(credit(2))


def test_the_date_never_falls_when_a_clock_lags_behind(stack: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)
    first = give(credit(1))
    fake_clock.at = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)

    assert give(credit(2)).entry.issued_on == first.entry.issued_on


def test_the_year_is_the_one_at_the_commit_not_at_the_first_try(
    stack: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    real = aws.client("dynamodb")

    class Slow:
        tries = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **arguments: Any) -> Any:
            self.tries += 1
            if self.tries == 1:
                fake_clock.at = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
                raise StaleWrite("somebody was first")
            return real.transact_write_items(**arguments)

    aws.install({"dynamodb": Slow()})
    assert give(credit(1)).number_printed == "CN-2027-00000001"
