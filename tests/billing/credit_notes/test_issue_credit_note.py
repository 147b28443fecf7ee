"""A refund of a taxed order gets its credit note by itself: numbered, reconciled, stored."""

import io
import json
from itertools import permutations
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler
from kassa.billing.credit_notes import find_refunded_invoice
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.core.postings import PostingKind
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.builders import OPERATOR
from tests.support.facts import moved
from tests.support.invoice_facts import booked
from tests.support.invoices import fact_batch, invoice_of, order_captured, stored_form
from tests.support.queue_batches import failed
from tests.support.taxed_orders import BOOK, LAMP, in_finland, send
from tests.support.taxed_refunds import given_back

__all__ = ["in_finland"]


def note_of(fact: LedgerFact) -> IssuedDocument | None:
    return Numbers().issued_for(fact.metadata.fact_id)


def rates(note: IssuedDocument | None) -> list[tuple[str, int, int]]:
    assert note is not None
    return [(one.rate, one.net_minor, one.tax_minor) for one in note.entry.taxes]


def asked_back(monkeypatch: pytest.MonkeyPatch, **lines: int) -> None:
    """Let the payment remember which lines the refund request names."""
    state = SubjectState(refunded_lines={"rr_1": lines})
    monkeypatch.setattr(find_refunded_invoice, "read_state", lambda _: state)


def stored(stack: Stack, number: str, ending: str) -> bytes:
    return stored_form(stack, f"CN-2026/{number}.{ending}")


def test_a_refund_gives_back_of_every_line_where_none_is_named(
    stack: Stack, context: Context
) -> None:
    send()
    assert failed(lambda_handler(fact_batch(order_captured(), given_back(50_00)), context)) == []
    note = note_of(given_back(50_00))

    assert note is not None
    assert (note.number_printed, note.entry.preceding) == ("CN-2026-00000001", "2026-00000001")
    assert rates(note) == [("25.5", 23_90, 6_10), ("13.5", 17_62, 2_38)]


def test_a_refund_that_names_a_line_gives_back_that_one(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    asked_back(monkeypatch, **{"l-1": 1})
    lambda_handler(fact_batch(order_captured(), given_back(30_00, request_id="rr_1")), context)

    assert rates(note_of(given_back(30_00))) == [("25.5", 23_90, 6_10)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_notes_of_several_refunds_add_up_to_the_invoice_in_any_order(
    stack: Stack, context: Context, order: tuple[int, ...]
) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    parts = [given_back(33_33, "re_1"), given_back(33_33, "re_2"), given_back(33_34, "re_3")]
    lambda_handler(fact_batch(*(parts[at] for at in order)), context)
    notes = [note_of(part) for part in parts]
    invoice = invoice_of(order_captured().metadata.fact_id)

    assert invoice is not None
    for one in invoice.taxes:
        back = [rate for note in notes for rate in rates(note) if rate[0] == one.rate]
        assert sum(net for _, net, _ in back) == one.net_minor
        assert sum(tax for _, _, tax in back) == one.tax_minor


def test_a_second_delivery_issues_nothing_more(stack: Stack, context: Context) -> None:
    send()
    lambda_handler(fact_batch(order_captured(), given_back(10_00), given_back(10_00)), context)
    before = stack.items()

    assert failed(lambda_handler(fact_batch(given_back(10_00)), context)) == []
    assert stack.items() == before
    assert Numbers().series("main", "CN-2026").last_number == 1


def test_a_crash_before_its_documents_is_completed_with_the_same_share(
    stack: Stack, context: Context
) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    real = aws.client("s3")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the worker is gone")

    aws.install({"s3": Broken()})
    assert failed(lambda_handler(fact_batch(given_back(10_00)), context)) == ["m0"]
    aws.install({"s3": real})
    lambda_handler(fact_batch(given_back(90_00, "re_2"), given_back(10_00)), context)
    record = json.loads(stored(stack, "CN-2026-00000001", "json"))

    assert sum(one["unit_price_minor"] for one in record["content"]["lines"]) == 10_00
    assert etree.fromstring(stored(stack, "CN-2026-00000001", "xml")).tag.endswith("CreditNote")


def test_its_pdf_names_invoice_and_buyer_and_its_record_in_the_table_neither_buyer(
    stack: Stack, context: Context
) -> None:
    send(language="en")
    lambda_handler(fact_batch(order_captured(), given_back(10_00)), context)
    pdf = PdfReader(io.BytesIO(stored(stack, "CN-2026-00000001", "pdf")))
    text = "".join(page.extract_text() for page in pdf.pages)

    assert "Credit note" in text
    assert "2026-00000001" in text
    assert "Maija Esimerkki" in text
    assert list(pdf.attachments) == ["factur-x.xml"]
    named = [item["PK"]["S"] for item in stack.items() if "Maija" in str(item)]
    assert named == ["CUSTOMER#main#customer-1"]


def test_more_than_was_invoiced_never_goes_back(stack: Stack, context: Context) -> None:
    send()
    lambda_handler(fact_batch(order_captured(), given_back(100_00)), context)

    assert failed(lambda_handler(fact_batch(given_back(1, "re_2")), context)) == ["m0"]
    assert Numbers().series("main", "CN-2026").last_number == 1


def test_a_simple_invoice_gets_none(stack: Stack, context: Context) -> None:
    send(lines=[LAMP, BOOK | {"tax": None}])
    assert failed(lambda_handler(fact_batch(order_captured(), given_back(10_00)), context)) == []

    assert note_of(given_back(10_00)) is None


def test_a_refund_that_overtakes_its_invoice_brings_that_forth(
    stack: Stack, context: Context
) -> None:
    send()
    booked(order_captured(), given_back(10_00))

    assert failed(lambda_handler(fact_batch(given_back(10_00)), context)) == []
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    assert Numbers().series("main", "2026").last_number == 1
    assert note_of(given_back(10_00)) is not None


def test_lines_of_one_id_go_back_one_after_the_other(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    red, blue = (LAMP | {"name": name, "quantity": 1, "amount_minor": 30_00} for name in ("a", "b"))
    send(lines=[red, blue, BOOK])
    asked_back(monkeypatch, **{"l-1": 2})
    lambda_handler(fact_batch(order_captured(), given_back(60_00, request_id="rr_1")), context)

    assert rates(note_of(given_back(60_00))) == [("25.5", 47_81, 12_19)]


def test_the_last_cent_of_a_line_stays_with_it(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(lines=[LAMP | {"quantity": 3}, BOOK])
    asked_back(monkeypatch, **{"l-1": 1})
    parts = [given_back(20_01, "re_1", "rr_1"), given_back(20_01, "re_2", "rr_1")]
    lambda_handler(fact_batch(order_captured(), *parts), context)

    assert [[rate for rate, *_ in rates(note_of(part))] for part in parts] == [["25.5"], ["25.5"]]


def test_what_is_void_is_given_back_of_by_nobody(stack: Stack, context: Context) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    void_document("main", "2026-00000001", ("a mistake", OPERATOR), lambda: 30.0)

    assert failed(lambda_handler(fact_batch(given_back(10_00)), context)) == []
    assert note_of(given_back(10_00)) is None


def test_other_money_is_nothing_that_was_invoiced(stack: Stack, context: Context) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    dollars = moved("RefundSucceeded", "pi_1", NOW, (10_00, "USD"), PostingKind.REFUND)

    assert failed(lambda_handler(fact_batch(dollars), context)) == ["m0"]
