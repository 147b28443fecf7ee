"""What was paid beyond one invoice pays another: once, audited, and taken back with its payment."""

import json
from datetime import date
from functools import partial
from typing import Any

import pytest

from functions.decide_invoice.app import lambda_handler as decide
from functions.generate_invoice.app import lambda_handler as generate
from kassa.audit import store as audit_trail
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.receivables import apply_credit
from kassa.billing.receivables.receivable import EntryKind, Receivable
from kassa.billing.receivables.restore_entries import restore_entries
from kassa.billing.receivables.store import Receivables
from kassa.platform import documents
from tests.support.api_requests import get
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.drafts import draft, post
from tests.support.invoice_facts import accrued, booked, capture, taken_back
from tests.support.invoices import fact_batch
from tests.support.open_invoices import issue
from tests.support.payment_links import linked
from tests.support.queue_batches import failed
from tests.support.refund_stage import answered, http_event
from tests.support.taxed_orders import in_finland as in_finland

PAID, OWED, GROSS = "2026-00000001", "2026-00000002", 847_13
ROUTE = "POST /invoices/{number}/{action}"


@pytest.fixture(autouse=True)
def overpaid(in_finland: None, fake_clock: FakeClock) -> None:
    """Issue two invoices of a customer, of which the first is paid by 1,000.00."""
    assert post(linked())[0] == 201
    assert post(draft(draft_id="second"))[0] == 201
    hear(capture(1_000_00))


def hear(*facts: Any) -> None:
    assert failed(generate(fact_batch(*booked(*facts)), Context())) == []


def apply(number: str = PAID, to: Any = OWED, **body: Any) -> tuple[int, dict[str, Any]]:
    said = {"invoice_number": to} | body
    event = http_event(ROUTE, said, "anna", number=number, action="apply-credit")
    return answered(decide(event, Context()))


def owed(number: str) -> Receivable:
    return Receivables("main").of_number(number).receivable


def test_credit_pays_what_is_owed_of_another_invoice(stack: Stack) -> None:
    before = accrued(stack)
    status, shown = apply()

    assert (status, shown["number"]) == (200, PAID)
    assert (owed(PAID).credit_minor, owed(PAID).state) == (0, InvoiceState.PAID)
    assert owed(OWED).open_minor == 2 * GROSS - 1_000_00
    assert sum(accrued(stack).values()) == sum(before.values()) == 0
    kinds = [one["kind"] for one in get(f"/invoices/{PAID}")[1]["entries"]]
    assert kinds == ["issued", "settled", "credit_moved"]


def test_applied_again_it_changes_nothing(stack: Stack) -> None:
    apply()
    entries = owed(OWED).entries

    assert apply()[0] == 200
    assert owed(OWED).entries == entries
    acts = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    assert [one["object_id"] for one in acts if one["operation"] == "invoice.apply-credit"] == [
        f"invoice/{PAID}"
    ]


def test_what_isn_t_there_isn_t_owed_or_is_another_s_is_refused(stack: Stack) -> None:
    assert apply(OWED, PAID)[0] == 409
    assert apply(PAID, PAID)[0] == 400
    assert apply(PAID, "2026-00000099")[0] == 404
    issue(10_00, "other", "customer-2", due_on=date(2026, 12, 5))
    issue(10_00, "sek", "cus_1", currency="SEK", due_on=date(2026, 12, 5))
    assert [apply(PAID, f"2026-0000000{number}")[0] for number in (3, 4)] == [400, 400]
    status, error = apply(reason="by mistake")
    assert (status, error["param"]) == (400, "reason")


def test_two_who_apply_at_once_apply_it_once(stack: Stack) -> None:
    call = partial(apply_credit.apply_credit, "main", (PAID, OWED), OPERATOR, lambda: 29.0)
    kept = at_once([call] * 2)

    assert [one.receivable.credit_minor for one in kept] == [0, 0]
    assert owed(PAID).credit_minor == 0
    assert owed(OWED).paid_minor == 1_000_00 - GROSS


def test_a_crash_before_the_facts_is_made_good_by_applying_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    accrued(stack)

    def gone(*_: Any) -> None:
        raise RuntimeError("the function is gone")

    with monkeypatch.context() as patch:
        patch.setattr(apply_credit, "make_known", gone)
        assert apply()[0] == 500
    assert stack.published() == []
    assert apply()[0] == 200
    assert "InvoiceSettled" in {one["detail-type"] for one in stack.published()}


def test_a_payment_that_is_taken_back_is_taken_back_where_it_pays_by_now(stack: Stack) -> None:
    apply()
    hear(taken_back(1_000_00))

    assert (owed(PAID).open_minor, owed(OWED).open_minor) == (GROSS, GROSS)
    assert (owed(PAID).paid_minor, owed(OWED).paid_minor) == (0, 0)
    hear(taken_back(1_000_00))
    assert (owed(PAID).open_minor, owed(OWED).open_minor) == (GROSS, GROSS)


def test_another_payment_s_reversal_takes_its_own(stack: Stack) -> None:
    apply()
    hear(capture(50_00, "pi_2"))
    hear(taken_back(50_00, "pi_2"))

    assert owed(PAID).paid_minor == GROSS
    assert owed(OWED).paid_minor == 1_000_00 - GROSS


def test_it_comes_back_from_the_records(stack: Stack) -> None:
    apply()
    records = [*documents.records("entry.json")]

    assert restore_entries(records) == 0
    assert sum(EntryKind.CREDIT_MOVED.encode() in one for one in records) == 1


def test_the_statement_shows_both_sides_and_the_balance_stays(stack: Stack) -> None:
    before = get("/customers/cus_1/statement")[1]["accounts"][0]["closing_minor"]
    apply()
    account = get("/customers/cus_1/statement")[1]["accounts"][0]

    assert account["closing_minor"] == before
    assert "credit_moved" in {one["kind"] for one in account["movements"]}


def test_at_the_command_line(stack: Stack, console: Console) -> None:
    said = console.run("invoices", "apply-credit", PAID, "--to", OWED).stdout
    assert "694.26 EUR is owed" in said
    assert "0.00 EUR of credit" in said
