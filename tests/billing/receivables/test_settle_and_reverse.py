"""Captures settle, reversals reopen: in any order, twice, at once, and after a crash."""

from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.generate_invoice.app import lambda_handler
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.store import Receivables
from kassa.core.postings import Account, PostingKind
from kassa.platform import aws
from kassa.platform.index_pages import PageRequest
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.facts import fact, moved
from tests.support.invoice_facts import accrued, booked, capture, of, on_terms, taken_back
from tests.support.invoices import fact_batch
from tests.support.queue_batches import failed

A = Account


def receive(context: Context, *facts: Any) -> list[str]:
    answer: list[str] = failed(lambda_handler(fact_batch(*facts), context))
    return answer


def invoices(year: str = "2026") -> int:
    return Numbers().series("main", year).last_number


def names(stack: Stack) -> list[str]:
    return [one["detail-type"] for one in stack.published()]


def test_an_invoice_of_a_capture_is_issued_and_settled_at_once(
    stack: Stack, context: Context
) -> None:
    assert receive(context, capture()) == []

    assert (of().receivable.open_minor, of().receivable.state) == (0, InvoiceState.PAID)
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 100_00}
    assert Receivables("main").outstanding(PageRequest()) == ((), None)


def test_its_facts_are_published_again_word_for_word(stack: Stack, context: Context) -> None:
    receive(context, capture())
    first = [one["detail"] for one in stack.published()]
    receive(context, capture())

    assert [one["data"]["fact"] for one in first] == ["InvoiceIssued", "InvoiceSettled"]
    assert [one["detail"] for one in stack.published()] == first


def test_a_crash_before_the_facts_is_mended_by_the_next_delivery(
    stack: Stack, context: Context
) -> None:
    class Gone:
        def put_events(self, **_: Any) -> None:
            raise RuntimeError("the worker is gone")

    aws.install({"events": Gone()})
    assert receive(context, capture()) == ["m0"]
    aws.install({})
    assert receive(context, capture()) == []

    assert invoices() == 1
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 100_00}


def test_a_payment_that_is_taken_back_opens_its_invoice_and_the_next_one_settles_it(
    stack: Stack, context: Context
) -> None:
    first, back = booked(capture(), taken_back())
    receive(context, first, back)
    ((still,), _) = Receivables("main").outstanding(PageRequest())

    assert (still.number, still.receivable.open_minor) == ("2026-00000001", 100_00)
    assert accrued(stack) == {A.SALES: -100_00, A.RECEIVABLES: 100_00}
    assert of().receivable.state is InvoiceState.OPEN

    [again] = booked(capture(payment="pi_2"))
    assert receive(context, again) == []
    assert invoices() == 1
    assert of().receivable.state is InvoiceState.PAID
    assert Receivables("main").outstanding(PageRequest()) == ((), None)
    assert accrued(stack) == {A.RECEIVABLES: -100_00, A.CUSTOMERS: 100_00}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_however_they_come_what_is_owed_is_the_same(
    stack: Stack, context: Context, order: tuple[int, ...]
) -> None:
    published = booked(capture(60_00), taken_back(60_00), capture(60_00, "pi_2"))
    for at in order:
        assert receive(context, published[at], published[at]) == []
    accounts = accrued(stack)

    assert accounts.pop(A.SALES) + accounts.pop(A.RECEIVABLES, 0) == -60_00
    assert accounts == {A.CUSTOMERS: 60_00}


def test_a_reversal_that_is_heard_before_its_capture_issues_its_invoice(
    stack: Stack, context: Context
) -> None:
    first, back = booked(capture(), taken_back())
    assert receive(context, back) == []
    assert of().receivable.open_minor == 100_00
    assert receive(context, first, back) == []

    assert (invoices(), of().receivable.open_minor) == (1, 100_00)
    assert accrued(stack) == {A.SALES: -100_00, A.RECEIVABLES: 100_00}


def test_an_invoice_on_terms_is_settled_by_its_orders_captures_in_part_and_beyond(
    stack: Stack, context: Context
) -> None:
    on_terms()
    receive(context, capture(40_00, "pi_1"), capture(80_00, "pi_2"))

    assert invoices() == 1
    assert (of().receivable.open_minor, of().receivable.credit_minor) == (0, 20_00)
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 100_00}
    assert receive(context, capture(5_00, "pi_3")) == []
    assert (invoices(), of().receivable.credit_minor) == (1, 25_00)


def test_what_is_missing_within_the_tolerance_is_written_off(
    stack: Stack, context: Context
) -> None:
    on_terms(tolerance_minor=50)
    receive(context, capture(99_60))

    assert of().receivable.state is InvoiceState.PAID
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 99_60, A.WRITE_OFFS: 40}


def test_a_credit_takes_the_place_of_a_payment_that_is_taken_back(
    stack: Stack, context: Context
) -> None:
    on_terms()
    first, second, back = booked(capture(), capture(payment="pi_2"), taken_back())
    receive(context, first, second, back)

    assert (of().receivable.open_minor, of().receivable.credit_minor) == (0, 0)
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 100_00}


def test_two_captures_of_one_invoice_at_once_are_both_entered(
    stack: Stack, context: Context
) -> None:
    on_terms()
    real = aws.client("dynamodb")

    class Overtaken:
        """A table in which the other capture settles the invoice just before ours."""

        others = [capture(70_00, "pi_2")]

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **arguments: Any) -> Any:
            if self.others:
                other = self.others.pop()
                aws.install({"dynamodb": real})
                receive(Context(), other)
                aws.install({"dynamodb": self})
            return real.transact_write_items(**arguments)

    aws.install({"dynamodb": Overtaken()})
    assert receive(context, capture(50_00)) == []
    assert (invoices(), of().receivable.credit_minor) == (1, 20_00)
    assert accrued(stack) == {A.SALES: -100_00, A.CUSTOMERS: 100_00}


def test_a_capture_of_a_void_invoices_order_gets_an_invoice_of_its_own(
    stack: Stack, context: Context
) -> None:
    on_terms()
    void_document("main", "2026-00000001", ("a mistake", OPERATOR), lambda: 30.0)
    receive(context, capture())

    assert invoices() == 2
    assert of("2026-00000002").receivable.state is InvoiceState.PAID


def test_only_as_much_is_taken_back_as_a_charge_had_settled(stack: Stack, context: Context) -> None:
    grown = [
        capture(40_00, event_id="evt_1"),
        fact(
            "PaymentCaptured",
            "pi_1",
            NOW,
            (60_00, "EUR"),
            order_id="order-1",
            event_id="evt_2",
            version=2,
            postings=capture(60_00).data.postings,
        ),
    ]
    more = grown[1].model_copy(
        update={"metadata": grown[1].metadata.model_copy(update={"fact_id": "pi_1:ch_pi_1:more"})}
    )
    back = taken_back(70_00, version=3)
    booked(grown[0], more, back)
    receive(context, grown[0], more, back, back)

    first, second = of("2026-00000001").receivable, of("2026-00000002").receivable
    assert (first.open_minor, second.open_minor) == (10_00, 60_00)  # the last first


def test_a_chargeback_moves_nothing(stack: Stack, context: Context) -> None:
    receive(context, capture())
    before = stack.items()
    kind = PostingKind.CHARGEBACK
    lost = moved("DisputeFundsWithdrawn", "pi_1", NOW, (100_00, "EUR"), kind)

    assert receive(context, lost) == ["m0"]  # the rule lets no such fact through
    assert stack.items() == before


def test_an_item_grows_but_costs_no_further_write(stack: Stack, context: Context) -> None:
    receive(context, capture(customer_id="cus_1"))
    found, _ = Receivables("main").of_customer("cus_1", PageRequest())

    assert [one.number for one in found] == ["2026-00000001"]
    written = [item["SK"]["S"] for item in stack.items()]
    assert sorted(written) == ["INVOICE", "INVOICED", "SERIES"]


def test_a_table_that_refuses_for_good_brings_the_message_back(
    stack: Stack, context: Context
) -> None:
    on_terms()
    context.left_s = 5.0
    real = aws.client("dynamodb")

    class Refusing:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **_: Any) -> Any:
            codes = [{"Code": "ConditionalCheckFailed"}, {"Code": "None"}]
            error = {"Error": {"Code": "TransactionCanceledException"}}
            raise ClientError(error | {"CancellationReasons": codes}, "TransactWriteItems")  # type: ignore[arg-type]

    aws.install({"dynamodb": Refusing()})
    assert receive(context, capture()) == ["m0"]
    assert of().receivable.open_minor == 100_00
