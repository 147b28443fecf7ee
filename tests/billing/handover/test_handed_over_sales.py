"""A taxed sale and its refund, from the gateway's facts to what a bookkeeper gets of them."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate_invoice
from kassa.billing.handover.verification import verified
from kassa.billing.numbering.void_document import void_document
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.handovers import Archive, Office
from tests.support.invoice_facts import booked, capture, refunded, taken_back
from tests.support.invoices import fact_batch
from tests.support.taxed_orders import BUYER, in_finland, send

__all__ = ["in_finland"]

THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)


def receive(*facts: Any) -> None:
    """Let the books' facts arrive."""
    assert generate_invoice(fact_batch(*booked(*facts)), Context()) == {"batchItemFailures": []}


@pytest.fixture
def archive(stack: Stack, fake_clock: FakeClock) -> Archive:
    """Hand over a month with a sale of 100.00 EUR of two rates, of which 60.00 go back."""
    send()
    receive(capture(), refunded(60_00))
    office = Office(stack, fake_clock)
    office.fire(THIRD)
    found = verified(io.BytesIO(office.bytes_of("2026-11")))
    assert (found.wrong, found.lacking) == ((), ())
    return office.archive("2026-11")


def test_the_invoice_its_credit_note_and_their_electronic_forms_are_in_it(
    archive: Archive,
) -> None:
    assert [name for name in archive.names if name.startswith("documents/")] == [
        f"documents/{number}.{form}"
        for number in ("2026-00000001", "CN-2026-00000001")
        for form in ("pdf", "xml")
    ]
    invoice, note = archive.rows("index.csv")
    assert (invoice["gross"], note["gross"]) == ("100.00", "60.00")
    assert note["preceding"] == "2026-00000001"
    assert {row["rate"] for row in archive.rows("taxes.csv")} == {"25.5", "13.5"}


def test_who_bought_stands_in_the_documents_alone(archive: Archive) -> None:
    name, street = str(BUYER["name"]).encode(), b"Testikuja"
    others = [one for one in archive.names if not one.startswith("documents/")]

    assert name in archive.read("documents/2026-00000001.xml")
    for table in others:
        assert name not in archive.read(table), table
        assert street not in archive.read(table), table


def test_what_goes_back_and_is_taken_back_a_month_later_is_told_then(
    stack: Stack, fake_clock: FakeClock
) -> None:
    send()
    receive(capture())
    office = Office(stack, fake_clock)
    fake_clock.at = THIRD
    receive(refunded(40_00), taken_back(60_00, version=3))
    office.fire(THIRD, {"month": "2026-11"})
    office.fire(datetime(2027, 1, 3, tzinfo=UTC))
    november, december = office.archive("2026-11"), office.archive("2026-12")

    assert november.column("index.csv", "state") == ["paid"]
    assert (november.rows("open-items.csv"), november.rows("changes.csv")) == ([], [])
    assert december.column("index.csv", "number") == ["CN-2026-00000001"]
    changes = [(one["change"], one["amount"]) for one in december.rows("changes.csv")]
    assert sorted(changes) == [("credited", "40.00"), ("refunded", "40.00"), ("reversed", "60.00")]
    assert december.column("open-items.csv", "open") == ["60.00"]
    for month in ("2026-11", "2026-12"):
        assert verified(io.BytesIO(office.bytes_of(month))).is_whole


def test_a_void_takes_back_what_earlier_refunds_left(stack: Stack, fake_clock: FakeClock) -> None:
    receive(capture(), refunded(40_00))  # of no tax, so without a note
    fake_clock.at = THIRD
    void_document("main", "2026-00000001", ("issued twice", OPERATOR), lambda: 30.0)
    office = Office(stack, fake_clock)
    office.fire(datetime(2027, 1, 3, tzinfo=UTC))
    december = office.archive("2026-12")

    changes = [(one["change"], one["amount"]) for one in december.rows("changes.csv")]
    assert changes == [("voided", "60.00")]
    assert december.column("open-items.csv", "credit") == ["60.00"]
    assert verified(io.BytesIO(office.bytes_of("2026-12"))).is_whole
