"""GET /customers/{customer_id}/statement: a customer's account, as JSON, CSV and PDF."""

import base64
import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate_invoice
from functions.serve_invoices.app import lambda_handler
from kassa.billing.receivables.receivable import EntryKind
from kassa.customers.parties import Address, Buyer
from kassa.customers.store import Customers
from tests.support import sellers
from tests.support.api_requests import get, get_event
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.invoices import fact_batch, order_captured
from tests.support.open_invoices import CUSTOMER, enter, issue, pay
from tests.support.pdf_text import plain, text_of

PATH = f"/customers/{CUSTOMER}/statement"
OCTOBER = NOW - timedelta(days=40)
BUYER = Buyer(name="Beispiel GmbH", address=Address(city="Berlin", country="DE"))


@pytest.fixture
def books(stack: Stack, fake_clock: FakeClock) -> Stack:
    """Issue a customer's invoices of two months, and let some of them be paid."""
    first = issue(100_00, "first", at=OCTOBER, due_on=date(2026, 10, 31), language="fi")
    second = issue(50_00, "second", due_on=date(2026, 12, 5), language="fi")
    issue(99_00, "another", "customer-2")
    pay(first, 60_00, "p1", OCTOBER + timedelta(days=1))
    enter(second, EntryKind.CREDITED, 20_00, "r1", number="CN-2026-00000001")
    enter(first, EntryKind.WRITTEN_OFF, 40_00, "w1", NOW + timedelta(hours=1))
    return stack


def answer(customer_id: str = CUSTOMER, **query: str) -> dict[str, Any]:
    event = get_event(f"/customers/{customer_id}/statement", **query)
    return lambda_handler(event, Context())


def pdf(customer_id: str = CUSTOMER, **query: str) -> bytes:
    answered = answer(customer_id, format="pdf", **query)
    assert answered["statusCode"] == 200, answered["body"]
    assert answered["isBase64Encoded"] is True
    assert answered["headers"]["Content-Type"] == "application/pdf"
    return base64.b64decode(answered["body"])


def rows(**query: str) -> list[dict[str, str]]:
    answered = answer(format="csv", **query)
    assert answered["headers"]["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answered["body"])))


def test_a_statement_has_balances_each_movement_and_what_is_open(books: Stack) -> None:
    status, body = get(PATH, **{"from": "2026-11-01"})

    assert (status, body["from"], body["until"]) == (200, "2026-11-01", "2026-11-21")
    [account] = body["accounts"]
    assert (account["currency"], account["opening_minor"]) == ("EUR", 40_00)
    assert account["closing_minor"] == 30_00
    moved = [
        (one["kind"], one["number"], one["debit_minor"], one["credit_minor"], one["balance_minor"])
        for one in account["movements"]
    ]
    assert moved == [
        ("invoice", "2026-00000002", 50_00, 0, 90_00),
        ("credit_note", "CN-2026-00000001", 0, 20_00, 70_00),
        ("write_off", "2026-00000001", 0, 40_00, 30_00),
    ]
    [item] = account["open_items"]
    assert (item["number"], item["open_minor"], item["age"]) == ("2026-00000002", 30_00, "not_due")
    assert account["ageing"]["open_minor"] == 30_00


def test_an_earlier_period_is_as_it_was(books: Stack) -> None:
    [account] = get(PATH, until="2026-11-20")[1]["accounts"]

    assert [one["kind"] for one in account["movements"]] == ["invoice", "payment"]
    assert account["closing_minor"] == account["ageing"]["days_1_30_minor"] == 40_00


def test_a_spreadsheet_gets_every_amount_twice_and_runs_nothing(books: Stack) -> None:
    issue(10_00, "evil", '=HYPERLINK("http://x")')
    found = rows()

    assert [one["row"] for one in found] == [
        *("opening_balance", "invoice", "payment", "invoice", "credit_note", "write_off"),
        *("closing_balance", "open_item"),
    ]
    assert (found[1]["debit_minor"], found[1]["debit"], found[1]["date"]) == (
        *("10000", "100.00"),
        "2026-10-12",
    )
    assert (found[-1]["open"], found[-1]["days_past_due"]) == ("30.00", "0")
    evil = answer('=HYPERLINK("http:%2F%2Fx")', format="csv")
    assert "\n=" not in evil["body"]
    assert '"=' not in evil["body"]


def test_the_letter_names_the_customer_in_their_language_until_they_are_forgotten(
    books: Stack,
) -> None:
    sellers.save("FI")
    Customers("main").keep(CUSTOMER, "order-1", BUYER)
    known = text_of(pdf())
    Customers("main").erase(CUSTOMER)
    forgotten = text_of(pdf())

    for text in (
        "Beispiel GmbH",
        "Asiakastiliote",
        "Hyvityslasku CN-2026-00000001",
        "Luottotappio",
    ):
        assert plain(text) in known
    assert plain("Beispiel") not in forgotten
    assert plain(CUSTOMER) in forgotten


def test_the_same_statement_is_the_same_bytes(books: Stack) -> None:
    sellers.save("FI")
    assert pdf() == pdf()


def test_a_letter_is_in_one_currency_which_is_to_be_named(books: Stack) -> None:
    sellers.save("FI")
    issue(5000, "yen", currency="JPY")

    status, body = get(PATH, format="pdf")
    assert (status, body["param"]) == (400, "currency")
    assert "EUR, JPY" in body["message"]
    assert plain("5,000") in text_of(pdf(currency="JPY"))
    assert [one["currency"] for one in get(PATH)[1]["accounts"]] == ["EUR", "JPY"]


def test_a_payment_beyond_what_is_owed_is_the_customers(books: Stack) -> None:
    pay("2026-00000002", 35_00, "p2", NOW + timedelta(hours=2))
    [account] = get(PATH)[1]["accounts"]

    assert account["closing_minor"] == -5_00
    assert (account["open_items"], account["ageing"]["credit_minor"]) == ([], 5_00)
    assert rows()[-1]["open_minor"] == "-500"


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"from": "2026-11-22"}, "from"),
        ({"from": "2026-11-10", "until": "2026-11-09"}, "from"),
        ({"until": "yesterday"}, "until"),
        ({"format": "xlsx"}, "format"),
        ({"currency": "euro"}, "currency"),
        ({"format": "pdf", "currency": "JPY"}, "currency"),
        ({"format": "pdf"}, "seller"),
        ({"first": "2026-11-01"}, "first"),
    ],
)
def test_what_cannot_be_stated_is_refused_by_name(
    books: Stack, query: dict[str, str], param: str
) -> None:
    status, error = get(PATH, **query)
    assert (status, error["param"]) == (400, param)


def test_nobody_has_an_account_to_whom_nothing_was_invoiced(books: Stack) -> None:
    assert get("/customers/nobody/statement")[0] == 404


def test_what_was_captured_is_invoiced_and_paid_on_its_customers_account(stack: Stack) -> None:
    generate_invoice(fact_batch(order_captured(1, customer_id="cus_1", language="ja")), Context())
    sellers.save("FI")
    [account] = get("/customers/cus_1/statement")[1]["accounts"]

    assert [(one["kind"], one["balance_minor"]) for one in account["movements"]] == [
        ("invoice", 100_00),
        ("payment", 0),
    ]
    assert (account["open_items"], account["closing_minor"]) == ([], 0)
    assert plain("ご入金") in text_of(pdf("cus_1"))
