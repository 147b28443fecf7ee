"""A void number keeps its place, its document and its reason; the chain and the trail say so."""

from datetime import date

import pytest

from functions.generate_invoice.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.audit.trail import Actor
from kassa.billing.invoices.invoice import InvoiceState
from kassa.billing.invoices.lists import numbered
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.core.errors import InvalidRequest, InvoiceNotFound
from kassa.platform import aws, keys, table
from kassa.recovery.rebuild_books import bring_invoices_back
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.invoices import fact_batch, invoice_documents, order_captured

ANNA = Actor(person_id="person_1", key_id="key_1")
FIRST = "2026-00000001"


def void(number: str = FIRST, reason: str = "issued twice") -> IssuedDocument:
    return void_document("main", number, (reason, ANNA), lambda: 30.0)


@pytest.fixture
def two(stack: Stack, context: Context) -> Stack:
    lambda_handler(fact_batch(order_captured(1), order_captured(2)), context)
    return stack


def test_a_void_number_says_who_when_and_why_and_keeps_all_it_had(two: Stack) -> None:
    before = invoice_documents(two)
    document = void(reason="  issued\n twice ")

    assert document == Numbers().numbered("main", "2026", 1)
    assert document.state is InvoiceState.VOID
    assert document.void is not None
    assert (document.void.reason, document.void.by, document.void.at) == (
        "issued twice",
        "person_1",
        NOW,
    )
    assert numbered("main", "2026-00000001").state is InvoiceState.VOID
    assert invoice_documents(two) == before


def test_a_void_follows_in_the_chain_and_the_next_number_follows_from_it(
    two: Stack, context: Context
) -> None:
    document = void()
    lambda_handler(fact_batch(order_captured(3)), context)

    assert document.void is not None
    second, third = (Numbers().numbered("main", "2026", number) for number in (2, 3))
    assert (document.void.position, document.void.previous) == (3, second.entry_hash)
    assert (third.entry.position, third.entry.previous) == (4, document.void_hash)


def test_what_is_void_stays_as_it_is(two: Stack) -> None:
    first, before = void(), two.items()

    assert void(reason="another reason") == first
    assert two.items() == before


def test_the_audit_trail_names_the_void(two: Stack) -> None:
    document = void()
    [item] = audit_trail.items(date(2026, 11, 21))

    for text in ("invoice.void", f"invoice/{FIRST}", "person_1", document.void_hash):
        assert str(text) in item.content


def test_what_an_earlier_release_numbered_can_be_void(two: Stack) -> None:
    item = table.get(keys.invoice("main", "2026", 2))
    assert item is not None
    for name in ("entry", "entry_hash"):
        item.pop(name)
    aws.client("dynamodb").put_item(TableName=two.table, Item=table.typed(item))

    document = void("2026-00000002")
    assert (document.entry_hash, document.entry.gross_minor) == (None, 100_00)
    assert document.void is not None


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_nothing_is_void_without_a_reason(two: Stack, reason: str) -> None:
    before = two.items()
    with pytest.raises(InvalidRequest, match="reason"):
        void(reason=reason)
    assert two.items() == before


def test_a_number_that_was_not_given_cannot_be_void(two: Stack) -> None:
    with pytest.raises(InvoiceNotFound, match="2026-00000003"):
        void("2026-00000003")


def test_a_lost_void_comes_back_with_its_number_and_the_chain_goes_on(
    two: Stack, context: Context
) -> None:
    void(FIRST)
    lambda_handler(fact_batch(order_captured(3)), context)
    void("2026-00000002")
    before, client = two.items(), aws.client("dynamodb")
    lost = [item for item in before if item["SK"]["S"] in ("INVOICE", "SERIES")]
    for item in lost:
        client.delete_item(TableName=two.table, Key={name: item[name] for name in ("PK", "SK")})

    numbers = ["2026-00000001", "2026-00000002", "2026-00000003"]
    assert list(bring_invoices_back()) == numbers
    back = {item["PK"]["S"]: item for item in two.items()}
    for item in lost:
        noted = {name for name in item if name.startswith("document_")}
        assert back[item["PK"]["S"]] == {n: v for n, v in item.items() if n not in noted}
    assert list(bring_invoices_back()) == []
