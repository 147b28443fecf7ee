"""A receipt for each payment of an invoice: once, in a series of its own, asked for or not."""

import io
import json
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler as generate
from functions.issue_invoice.app import lambda_handler as issue
from kassa.billing.numbering.record import content_digest
from kassa.billing.numbering.restore_numbers import bring_back
from kassa.billing.numbering.store import Numbers
from kassa.billing.receipts import store_receipt
from kassa.platform import aws, keys, table
from tests.support import sellers
from tests.support.api_requests import get
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.drafts import post
from tests.support.invoice_facts import booked, capture, taken_back
from tests.support.invoices import fact_batch, order_captured, stored_form
from tests.support.payment_links import linked
from tests.support.queue_batches import failed
from tests.support.refund_stage import answered, http_event
from tests.support.taxed_orders import in_finland as in_finland

INVOICE, FIRST = "2026-00000001", "RC-2026-00000001"
GROSS = 847_13


@pytest.fixture(autouse=True)
def _in_finland(in_finland: None, fake_clock: FakeClock) -> None:
    """Sell from Finland at one instant."""


def ask(number: str = INVOICE, **body: Any) -> tuple[int, dict[str, Any]]:
    event = http_event("POST /invoices/{number}/receipt", body, "shop", number=number)
    return answered(issue(event, Context()))


def invoiced() -> None:
    """Issue an invoice of an order that is paid later."""
    assert post(linked(languages=["fi"]))[0] == 201


def receive(*facts: Any) -> None:
    assert failed(generate(fact_batch(*booked(*facts)), Context())) == []


def receipts() -> int:
    return Numbers().series("main", "RC-2026").last_number


def text_of(stack: Stack) -> str:
    pages = PdfReader(io.BytesIO(stored_form(stack, f"RC-2026/{FIRST}.pdf"))).pages
    return "".join(page.extract_text() for page in pages)


def test_a_payment_of_an_invoice_gets_its_receipt_in_a_series_of_its_own(stack: Stack) -> None:
    invoiced()
    receive(capture(GROSS))
    status, answer = ask()

    assert status == 201
    [one] = answer["receipts"]
    assert (one["number"], one["payment_id"]) == (FIRST, "pi_1")
    assert one["amount"] == {"amount_minor": GROSS, "currency": "EUR"}
    printed = text_of(stack)
    for part in ("Kuitti", FIRST, INVOICE, "pi_1", "847,13", "Esimerkki Oy"):
        assert part in printed
    shown = get(f"/invoices/{FIRST}")[1]
    assert (shown["kind"], shown["preceding"], shown["open_minor"]) == ("receipt", INVOICE, 0)
    record = json.loads(stored_form(stack, f"RC-2026/{FIRST}.json"))
    assert json.loads(record["entry"])["content_sha256"] == content_digest(record)


def test_asking_again_gives_the_same_number_and_completes_what_a_crash_left_out(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced()
    receive(capture(GROSS))

    def gone(*_: Any) -> None:
        raise RuntimeError("the function is gone")

    with monkeypatch.context() as patch:
        patch.setattr(store_receipt, "typeset_document", gone)
        assert ask()[0] == 500
    assert receipts() == 1
    status, answer = ask()
    assert (status, answer["receipts"][0]["number"], receipts()) == (200, FIRST, 1)
    assert "Kuitti" in text_of(stack)


def test_each_of_two_payments_gets_its_own(stack: Stack) -> None:
    invoiced()
    receive(capture(500_00))
    assert len(ask()[1]["receipts"]) == 1
    receive(capture(347_13, "pi_2"))
    status, answer = ask()

    assert (status, receipts()) == (201, 2)
    assert [one["payment_id"] for one in ask(payment_id="pi_2")[1]["receipts"]] == ["pi_2"]
    assert ask(payment_id="pi_3")[0] == 409
    assert [one["amount"]["amount_minor"] for one in answer["receipts"]] == [500_00, 347_13]


def test_nothing_paid_and_a_payment_that_was_taken_back_get_none(stack: Stack) -> None:
    invoiced()
    assert (ask()[0], receipts()) == (409, 0)
    receive(capture(GROSS), taken_back(GROSS))
    assert (ask()[0], receipts()) == (409, 0)
    assert ask("2026-00000009")[0] == 404


def test_a_captures_own_invoice_gets_one_by_request(stack: Stack) -> None:
    assert failed(generate(fact_batch(order_captured(7)), Context())) == []
    status, answer = ask()

    assert (status, answer["receipts"][0]["payment_id"]) == (201, "pi_7")
    assert "Receipt" in text_of(stack)


@pytest.mark.parametrize(
    ("country", "unasked", "count"),
    [("TH", None, 1), ("TH", False, 0), ("FI", None, 0), ("FI", True, 1)],
)
def test_a_payment_gets_its_receipt_unasked_where_country_or_seller_want_it(
    stack: Stack, country: str, unasked: bool | None, count: int
) -> None:
    sellers.save(country, receipts_unasked=unasked)
    invoiced()
    receive(capture(GROSS))
    receive(capture(GROSS))

    assert receipts() == count


def test_a_lost_number_comes_back_from_its_record_and_stays_its_payments(stack: Stack) -> None:
    invoiced()
    receive(capture(GROSS))
    ask()
    record = stored_form(stack, f"RC-2026/{FIRST}.json")
    source_id = json.loads(json.loads(record)["entry"])["source_id"]
    lost = (keys.invoice("main", "RC-2026", 1), keys.invoice_series("main", "RC-2026"))
    for key in (*lost, keys.invoiced(source_id)):
        aws.client("dynamodb").delete_item(TableName=stack.table, Key=table.key(key))

    assert bring_back(record) == FIRST
    assert (ask()[0], receipts()) == (200, 1)
