"""Refunds, credit notes and voids: what they leave owed, counted, and brought back."""

import json
from itertools import permutations
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.receivable import EntryKind
from kassa.core.errors import Conflict
from kassa.core.postings import Account
from kassa.platform import aws
from kassa.recovery.rebuild_books import bring_invoices_back
from tests.support.aws_stack import Context, Stack
from tests.support.builders import OPERATOR
from tests.support.invoice_facts import (
    accrued,
    booked,
    came_back,
    capture,
    of,
    refunded,
    taken_back,
)
from tests.support.invoices import fact_batch
from tests.support.queue_batches import failed
from tests.support.taxed_orders import in_finland, send

__all__ = ["in_finland"]
A, K = Account, EntryKind
FIRST, NOTE = "2026-00000001", "CN-2026-00000001"


def receive(context: Context, *facts: Any) -> list[str]:
    answer: list[str] = failed(lambda_handler(fact_batch(*facts), context))
    return answer


def void(number: str) -> None:
    void_document("main", number, ("a mistake", OPERATOR), lambda: 30.0)


def notes() -> int:
    return Numbers().series("main", "CN-2026").last_number


def sold(accounts: dict[Account, int]) -> int:
    return -accounts.get(A.SALES, 0) - accounts.get(A.TAX_PAYABLE, 0)


def counted() -> dict[str, Any]:
    """Return what is counted as given back of the first invoice."""
    credited: dict[str, Any] = json.loads(of().credited or "{}")
    return credited


def test_a_refund_and_its_note_lower_what_was_sold_and_what_was_paid(
    stack: Stack, context: Context
) -> None:
    send()
    receive(context, *booked(capture(), refunded(30_00)))

    assert (of().receivable.state, of().receivable.credit_minor) == (InvoiceState.PAID, 0)
    accounts = accrued(stack)
    assert (sold(accounts), accounts[A.CUSTOMERS]) == (70_00, 70_00)
    assert A.RECEIVABLES not in accounts


def test_a_refund_of_an_invoice_without_tax_lowers_it_without_a_note(
    stack: Stack, context: Context
) -> None:
    assert receive(context, *booked(capture(), refunded(30_00), refunded(30_00))) == []

    assert (notes(), of().receivable.state) == (0, InvoiceState.PAID)
    assert accrued(stack) == {A.SALES: -70_00, A.CUSTOMERS: 70_00}


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("is_taxed", [True, False])
def test_a_refund_that_came_back_is_the_customers_while_its_note_stands(
    stack: Stack, context: Context, is_taxed: bool, order: tuple[int, ...]
) -> None:
    if is_taxed:
        send()
    published = booked(capture(), refunded(30_00), came_back(30_00))
    for at in order:
        assert receive(context, published[at], published[at]) == []

    assert (notes(), of().receivable.open_minor) == (int(is_taxed), 0)
    assert of().receivable.credit_minor == (30_00 if is_taxed else 0)
    assert sold(accrued(stack)) == (70_00 if is_taxed else 100_00)


def test_what_came_back_is_refunded_again_without_a_second_note(
    stack: Stack, context: Context
) -> None:
    send()
    published = booked(capture(), refunded(30_00), came_back(30_00), refunded(30_00, "re_2", 4))
    assert receive(context, *published, *published) == []

    assert (notes(), of().receivable.credit_minor, of().receivable.open_minor) == (1, 0, 0)
    assert sold(accrued(stack)) == 70_00


def test_a_refund_that_is_heard_of_again_is_entered_on_no_other_invoice_of_its_payment(
    stack: Stack, context: Context
) -> None:
    captures = capture(60_00), capture(40_00, version=2, object_id="ch_2")
    back = refunded(60_00, "re_1", 3), refunded(40_00, "re_2", 4), came_back(60_00, "re_1", 5)
    published = booked(*captures, *back)
    assert receive(context, *published) == []
    before = accrued(stack)

    assert receive(context, published[3], *published) == []
    assert accrued(stack) == before == {A.SALES: -60_00, A.CUSTOMERS: 60_00}


def test_a_refund_that_never_left_changes_nothing(stack: Stack, context: Context) -> None:
    receive(context, *booked(capture()))
    before = stack.items()
    never = came_back(30_00)
    both = (*refunded(30_00).data.postings, *never.data.postings)
    never = never.model_copy(update={"data": never.data.model_copy(update={"postings": both})})

    assert receive(context, never) == []
    assert stack.items() == before


def test_a_void_invoice_leaves_what_was_paid_to_the_customer(
    stack: Stack, context: Context
) -> None:
    receive(context, *booked(capture()))
    void(FIRST)
    void(FIRST)

    assert (of().receivable.state, of().receivable.credit_minor) == (InvoiceState.VOID, 100_00)
    assert accrued(stack) == {}
    receive(context, *booked(refunded(100_00)))
    assert (of().receivable.credit_minor, accrued(stack)) == (0, {})


def test_what_was_refunded_of_an_invoice_is_no_credit_once_it_is_void(
    stack: Stack, context: Context
) -> None:
    published = booked(capture(), refunded(30_00), came_back(10_00))
    receive(context, *published[:2])
    void(FIRST)

    assert (of().receivable.credit_minor, accrued(stack)) == (70_00, {})
    receive(context, published[2])
    assert (of().receivable.credit_minor, accrued(stack)) == (80_00, {})


def test_an_invoice_is_void_only_after_its_notes(stack: Stack, context: Context) -> None:
    send()
    receive(context, *booked(capture(), refunded(30_00)))
    before = stack.items()
    with pytest.raises(Conflict, match=f"{NOTE} give back of {FIRST}"):
        void(FIRST)
    assert stack.items() == before

    void(NOTE)
    void(FIRST)
    assert (of().receivable.state, of().receivable.credit_minor) == (InvoiceState.VOID, 70_00)
    assert accrued(stack) == {}


def test_a_void_note_gives_back_what_it_had_counted_and_the_next_one_may_use_it(
    stack: Stack, context: Context
) -> None:
    send()
    receive(context, *booked(capture(), refunded(100_00)))
    assert sum(counted()["gross_minor"]) == 100_00
    void(NOTE)

    assert sum(counted()["gross_minor"]) == 0
    assert sum(one["tax_minor"] for one in counted()["taxes"]) == 0
    assert of().receivable.open_minor == 100_00  # it was refunded, and is sold again
    accounts = accrued(stack)
    assert (sold(accounts), accounts[A.RECEIVABLES]) == (100_00, 100_00)


def test_a_note_that_is_void_because_its_refund_came_back_leaves_all_as_it_was(
    stack: Stack, context: Context
) -> None:
    send()
    receive(context, *booked(capture(), refunded(40_00), came_back(40_00)))
    void(NOTE)
    assert receive(context, *booked(refunded(100_00, "re_2", 5))) == []

    assert (notes(), sum(counted()["gross_minor"])) == (2, 100_00)
    assert (of().receivable.open_minor, of().receivable.credit_minor) == (0, 0)
    assert sold(accrued(stack)) == 0


def test_what_became_of_invoices_comes_back_from_the_bucket(stack: Stack, context: Context) -> None:
    send()
    published = booked(
        capture(), refunded(30_00), refunded(20_00, "re_2", 3), came_back(20_00, "re_2")
    )
    receive(context, *published)
    void(NOTE)
    receive(context, *booked(taken_back(version=6), capture(payment="pi_2", version=1)))
    before = {item["PK"]["S"]: item for item in stack.items()}
    client = aws.client("dynamodb")
    for item in before.values():
        if item["SK"]["S"] in ("INVOICE", "INVOICED", "SERIES"):
            key = {name: item[name] for name in ("PK", "SK")}
            client.delete_item(TableName=stack.table, Key=key)

    assert list(bring_invoices_back()) == [FIRST, NOTE, "CN-2026-00000002"]
    assert list(bring_invoices_back()) == []
    after = {item["PK"]["S"]: item for item in stack.items()}
    key = "INVOICE#main#2026#00000001"
    for name in ("receivable", "credited", "state"):
        assert after[key][name] == before[key][name]
    assert {one for one in before if one.startswith("INVOICED#pi_2")} <= set(after)
    assert receive(context, *published) == []
    assert notes() == 2


def test_a_crash_between_a_note_and_its_facts_is_mended(stack: Stack, context: Context) -> None:
    send()
    receive(context, *booked(capture()))
    [back] = booked(refunded(30_00))

    class Gone:
        def put_events(self, **_: Any) -> None:
            raise RuntimeError("the worker is gone")

    aws.install({"events": Gone()})
    assert receive(context, back) == ["m0"]
    aws.install({})
    assert receive(context, back) == []

    assert notes() == 1
    assert sold(accrued(stack)) == 70_00
