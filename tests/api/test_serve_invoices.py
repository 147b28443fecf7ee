"""GET /invoices lists every kind of numbered document, and one with its links and its fate."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import issue_document, store_documents
from kassa.billing.numbering.record import Statement, printed
from kassa.billing.numbering.series import next_entry, series_name
from kassa.billing.numbering.store import Move, Numbers
from kassa.billing.receivables.items import fields_of, issued_entry
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.platform import aws, clock
from kassa.platform.table import Item, write
from tests.support.api_requests import get, pages
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.facts import SHOP
from tests.support.invoices import fact_batch, order_captured
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.taxed_orders import send


def issue(
    source: str, kind: DocumentKind = DocumentKind.INVOICE, due: str = "2026-12-05", **fields: Any
) -> str:
    """Give a document the next number, an invoice to be paid later; return it."""
    known = {"currency": "EUR", "gross_minor": 50_00} | fields
    statement = Statement(kind=kind, source_id=source, **known)
    before = Numbers().series("main", series_name(kind, SHOP, clock.now()))
    entry, after = next_entry(statement, before, SHOP.day_of(clock.now()))
    beside: Item = {"state": "open", "documents": {}}
    if kind is DocumentKind.INVOICE:
        owed = Receivable(currency=entry.currency, due_on=date.fromisoformat(due))
        beside |= fields_of(entry, owed.with_entry(issued_entry(entry, clock.now())))
    Numbers().keep(entry, Move(before, after), beside)
    return printed(entry.series, entry.number)


def listed(**query: str) -> list[str]:
    return [one["number"] for page in pages("/invoices", 2, **query) for one in page["invoices"]]


@pytest.fixture
def books(stack: Stack, fake_clock: FakeClock) -> FakeClock:
    """Issue invoices on three days of two years, and a credit note."""
    aws.install({})
    generate(fact_batch(order_captured(1, customer_id="cus_1")), Context())
    issue("draft:1", customer_id="cus_2")
    fake_clock.at = NOW + timedelta(days=2)
    issue("draft:2", currency="JPY", gross_minor=5_000, order_id="order-9")
    issue("refund:1", DocumentKind.CREDIT_NOTE, preceding="2026-00000001")
    fake_clock.at = NOW + timedelta(days=60)
    issue("draft:3", customer_id="cus_2", due="2027-02-01")
    return fake_clock


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["2027-00000001"]),
        ({"series": "2026"}, ["2026-00000003", "2026-00000002", "2026-00000001"]),
        ({"series": "2026", "state": "open"}, ["2026-00000003", "2026-00000002"]),
        ({"series": "2026", "state": "paid"}, ["2026-00000001"]),
        ({"series": "2026", "currency": "JPY"}, ["2026-00000003"]),
        ({"series": "2026", "order_id": "order-9"}, ["2026-00000003"]),
        ({"issued_from": "2026-11-23"}, ["2027-00000001", "2026-00000003"]),
        ({"issued_until": "2026-11-22"}, ["2026-00000002", "2026-00000001"]),
        ({"customer_id": "cus_2"}, ["2027-00000001", "2026-00000002"]),
        ({"customer_id": "cus_2", "series": "2026"}, ["2026-00000002"]),
        ({"customer_id": "cus_2", "issued_from": "2027-01-01"}, ["2027-00000001"]),
        ({"customer_id": "cus_2", "kind": "credit_note"}, []),
        ({"due_before": "2026-12-05"}, []),
        ({"due_before": "2026-12-06"}, ["2026-00000002", "2026-00000003"]),
        ({"due_before": "2027-03-01"}, ["2026-00000002", "2026-00000003", "2027-00000001"]),
        ({"due_before": "2027-03-01", "customer_id": "cus_2", "series": "2026"}, ["2026-00000002"]),
        ({"issued_from": "2028-01-01"}, []),
        ({"issued_from": "2026-12-01", "issued_until": "2026-11-01"}, []),
        ({"kind": "credit_note", "series": "2026"}, ["CN-2026-00000001"]),
        ({"kind": "receipt"}, []),
    ],
)
def test_a_list_holds_what_is_asked_for_newest_first(
    books: FakeClock, query: dict[str, str], numbers: list[str]
) -> None:
    assert listed(**query) == numbers


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"issued_from": "2001-01-01"}, "issued_from"),
        ({"issued_until": "20261121"}, "issued_until"),
        ({"kind": "reminder"}, "kind"),
        ({"state": "settled"}, "state"),
        ({"currency": "eur"}, "currency"),
        ({"due_after": "2026-11-21"}, "due_after"),
        ({"due_before": "2026-11-21", "kind": "receipt"}, "due_before"),
    ],
)
def test_what_cannot_be_asked_for_is_named(stack: Stack, query: dict[str, str], param: str) -> None:
    status, error = get("/invoices", **query)

    assert (status, error["param"]) == (400, param)


def test_a_cursor_of_other_series_is_refused(books: FakeClock) -> None:
    _, page = get("/invoices", series="2026", limit="1")
    status, error = get("/invoices", issued_from="2026-01-01", cursor=page["next_cursor"])

    assert (status, error["param"]) == (400, "cursor")
    assert get("/invoices", series="2026", cursor=page["next_cursor"])[0] == 200


def test_a_list_goes_on_while_numbers_are_given(books: FakeClock) -> None:
    _, page = get("/invoices", issued_from="2026-01-01", limit="2")
    issue("draft:4")
    _, rest = get("/invoices", issued_from="2026-01-01", cursor=page["next_cursor"])

    numbers = [one["number"] for one in page["invoices"] + rest["invoices"]]
    assert numbers == ["2027-00000001", "2026-00000003", "2026-00000002", "2026-00000001"]


def test_one_item_of_a_newer_release_hides_no_other(books: FakeClock) -> None:
    sets = {
        "UpdateExpression": "SET #state = :state",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":state": {"S": "pawned"}},
    }
    key = {"PK": {"S": "INVOICE#main#2026#00000002"}, "SK": {"S": "INVOICE"}}
    write("update_item", Key=key, **sets)

    assert listed(series="2026") == ["2026-00000003", "2026-00000001"]


def test_an_open_invoice_says_what_is_owed_and_a_credit_note_what_it_gives_back_of(
    books: FakeClock,
) -> None:
    _, invoice = get("/invoices/2026-00000003")
    _, note = get("/invoices/CN-2026-00000001")

    assert (invoice["state"], invoice["open_minor"]) == ("open", 5_000)
    assert (invoice["total"], invoice["lines"]) == ({"amount_minor": 5_000, "currency": "JPY"}, [])
    assert (note["kind"], note["preceding"], note["open_minor"]) == (
        "credit_note",
        "2026-00000001",
        0,
    )
    assert (note["document_url"], note["einvoice_url"]) == (None, None)


def test_what_was_paid_of_an_invoice_is_owed_no_more(books: FakeClock) -> None:
    number = "2026-00000002"
    paid = Entry(kind=EntryKind.SETTLED, source_id="pay_1", minor=20_00, at=clock.now())
    credited = Entry(
        kind=EntryKind.CREDITED, source_id="refund:9", minor=10_00, at=clock.now(), number="CN-1"
    )
    for entry in (paid, credited):
        Receivables("main").add(number, entry)
    _, invoice = get(f"/invoices/{number}")

    assert (invoice["state"], invoice["open_minor"], invoice["due_on"]) == (
        "open",
        20_00,
        "2026-12-05",
    )
    assert (invoice["credit_notes"], invoice["paid_on"]) == (["CN-1"], None)
    books.at += timedelta(days=3)
    rest = Entry(kind=EntryKind.SETTLED, source_id="pay_2", minor=20_00, at=clock.now())
    Receivables("main").add(number, rest)
    paid_off = get(f"/invoices/{number}")[1]
    assert (paid_off["state"], paid_off["paid_on"]) == ("paid", str(clock.now().date()))
    assert listed(due_before="2027-03-01") == ["2026-00000003", "2027-00000001"]


def test_documents_open_by_links_and_a_form_that_isnt_there_has_none(
    stack: Stack, fake_clock: FakeClock
) -> None:
    statement = Statement(
        kind=DocumentKind.CREDIT_NOTE, source_id="refund:1", currency="EUR", gross_minor=5_00
    )
    note = issue_document(statement, SHOP, lambda: 30.0)
    store_documents(note, {}, {"pdf": b"%PDF"})
    status, shown = get("/invoices/CN-2026-00000001")

    assert (status, shown["einvoice_url"]) == (200, None)
    path = urlsplit(shown["document_url"]).path
    assert path.endswith("/invoices/main/CN-2026/CN-2026-00000001.pdf")
    assert shown["document_sha256"] == note.documents.get("pdf", shown["document_sha256"])


def test_a_captures_invoice_with_tax_has_its_electronic_invoice_too(
    in_finland: None, stack: Stack, context: Context
) -> None:
    send()
    generate(fact_batch(order_captured()), context)
    _, shown = get("/invoices/2026-00000001")

    assert urlsplit(shown["einvoice_url"]).path.endswith("/2026/2026-00000001.xml")
    assert [one["rate"] for one in shown["taxes"]] == ["25.5", "13.5"]
    assert [one["description"] for one in shown["lines"]] == ["Lamp", "Book"]


@pytest.mark.parametrize("number", ["XX-2026-00000001", "CN-2026-1", "2026-00000000"])
def test_what_is_no_number_is_refused(stack: Stack, number: str) -> None:
    assert get(f"/invoices/{number}")[0] == 400
