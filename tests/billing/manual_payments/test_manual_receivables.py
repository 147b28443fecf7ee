"""Invoices paid by hand: in part, whole, beyond, by a cheque that bounces, and not at all."""

from typing import Any

from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.receivable import Receivable
from kassa.billing.receivables.store import Receivables
from tests.support.api_requests import get, place
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.drafts import post
from tests.support.manual_payments import ManualPayments
from tests.support.manual_payments import finnish_seller as finnish_seller
from tests.support.manual_payments import manual as manual

GROSS = 847_13  # of the draft: 675.00 and 25.5 % of it


def issued(**fields: Any) -> str:
    status, answer = post(**fields)
    assert status == 201, answer
    return str(answer["number"])


def owed(number: str) -> Receivable:
    return Receivables("main").of_number(number).receivable


def invoices() -> int:
    return Numbers().series("main", "2026").last_number


def test_an_invoice_without_an_order_is_settled_in_part_and_whole(manual: ManualPayments) -> None:
    number = issued()
    manual.entered(invoice_number=number, amount_minor=800_00, method="transfer")
    manual.follow()
    assert (owed(number).open_minor, owed(number).state) == (47_13, InvoiceState.OPEN)

    manual.entered(invoice_number=number, amount_minor=47_13)
    manual.follow()
    assert (owed(number).open_minor, owed(number).state) == (0, InvoiceState.PAID)
    assert invoices() == 1


def test_an_invoice_names_the_payments_that_settled_it_and_a_payment_its_invoice(
    manual: ManualPayments, console: Console
) -> None:
    number = issued()
    payment_id = manual.entered(invoice_number=number, amount_minor=800_00)
    manual.follow()

    entries = get(f"/invoices/{number}")[1]["entries"]
    assert [one["account"] for one in entries] == [None, "till-1"]
    assert get(f"/invoices/{number}")[1]["gateway"] == "manual"
    assert [(one["kind"], one["amount"]["amount_minor"], one["payment_id"]) for one in entries] == [
        ("issued", GROSS, None),
        ("settled", 800_00, payment_id),
    ]
    shown = console.run("invoices", "show", number).stdout
    assert f"settled: 800.00 EUR, manual/till-1/{payment_id}" in shown
    assert number in console.run("payments", "list", "--gateway", "manual").stdout


def test_what_is_paid_beyond_an_invoice_is_the_customers_credit(manual: ManualPayments) -> None:
    number = issued()
    manual.entered(invoice_number=number, amount_minor=GROSS + 5_00)
    manual.follow()
    manual.entered(invoice_number=number, amount_minor=1_00)
    manual.follow()

    assert (owed(number).open_minor, owed(number).credit_minor) == (0, 6_00)
    assert invoices() == 1


def test_an_invoice_whose_cheque_bounced_is_owed_again_and_can_be_paid_anew(
    manual: ManualPayments,
) -> None:
    number = issued()
    payment_id = manual.entered(invoice_number=number, amount_minor=GROSS, method="cheque")
    manual.follow()
    manual.reverse(payment_id)
    manual.follow()
    assert (owed(number).open_minor, owed(number).state) == (GROSS, InvoiceState.OPEN)

    manual.entered(invoice_number=number, amount_minor=GROSS)
    manual.follow()
    assert owed(number).state is InvoiceState.PAID
    assert invoices() == 1


def test_a_bounced_cheque_that_is_heard_of_first_leaves_the_invoice_owed(
    manual: ManualPayments,
) -> None:
    number = issued()
    payment_id = manual.entered(invoice_number=number, amount_minor=GROSS, method="cheque")
    manual.reverse(payment_id)
    entered, bounced = manual.queued()
    manual.follow([bounced, entered])

    assert owed(number).open_minor == GROSS
    assert invoices() == 1


def test_a_void_invoice_takes_no_payment(manual: ManualPayments) -> None:
    number = issued()
    void_document("main", number, ("by mistake", OPERATOR), lambda: 10.0)
    status, error = manual.enter(invoice_number=number)
    assert (status, error["param"]) == (409, "invoice_number")


def test_an_invoice_that_became_void_meanwhile_leaves_its_payment_unapplied(
    manual: ManualPayments,
) -> None:
    number = issued()
    manual.entered(invoice_number=number, amount_minor=GROSS)
    void_document("main", number, ("by mistake", OPERATOR), lambda: 10.0)
    manual.follow()

    assert owed(number).state is InvoiceState.VOID
    assert invoices() == 1
    assert manual.ledger()["customers", "EUR"] == -GROSS


def test_what_is_for_nothing_known_gets_no_invoice_whatever_becomes_of_it(
    manual: ManualPayments,
) -> None:
    given_back, reversed_ = manual.entered(), manual.entered(reference="slip-2")
    manual.follow()
    manual.give_back(given_back, amount_minor=2_90)
    manual.reverse(reversed_, "mistake")
    manual.follow()

    assert invoices() == 0
    assert manual.ledger()["customers", "EUR"] == -10_00


def test_an_order_that_is_paid_by_hand_has_one_invoice_settled_at_once(
    manual: ManualPayments,
) -> None:
    place(1, manual.clock)
    manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()

    assert owed("2026-00000001").state is InvoiceState.PAID
    assert invoices() == 1


def test_what_is_entered_for_an_invoice_that_is_paid_is_credit_and_gets_none_of_its_own(
    manual: ManualPayments,
) -> None:
    place(1, manual.clock)
    manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()
    manual.entered(invoice_number="2026-00000001", amount_minor=5_00)
    manual.follow()

    assert owed("2026-00000001").credit_minor == 5_00
    assert invoices() == 1
