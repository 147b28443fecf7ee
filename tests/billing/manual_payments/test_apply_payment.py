"""What was entered for nothing is applied to an invoice: once, whole, whatever is heard first."""

import json
from itertools import permutations

import pytest

from kassa.audit import store as audit_trail
from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.receivable import Receivable
from kassa.billing.receivables.store import Receivables
from tests.support.aws_stack import NOW
from tests.support.builders import OPERATOR
from tests.support.drafts import draft, post
from tests.support.manual_payments import ManualPayments
from tests.support.manual_payments import finnish_seller as finnish_seller
from tests.support.manual_payments import manual as manual
from tests.support.payment_links import LINK

GROSS = 847_13  # of the draft: 675.00 and 25.5 % of it


@pytest.fixture
def number(finnish_seller: None) -> str:
    status, answer = post()
    assert status == 201, answer
    return str(answer["number"])


def owed(number: str) -> Receivable:
    return Receivables("main").of_number(number).receivable


def test_a_payment_for_nothing_settles_the_invoice_that_it_is_applied_to(
    manual: ManualPayments, number: str
) -> None:
    payment_id = manual.entered(amount_minor=GROSS)
    manual.follow()
    assert owed(number).open_minor == GROSS

    status, answer = manual.apply(payment_id, number)
    manual.follow()

    assert (status, answer["invoice_number"]) == (201, number)
    assert (owed(number).state, owed(number).credit_minor) == (InvoiceState.PAID, 0)
    assert manual.ledger()["customers", "EUR"] == -GROSS


def test_what_is_beyond_the_invoice_is_the_customer_s_credit(
    manual: ManualPayments, number: str
) -> None:
    payment_id = manual.entered(amount_minor=GROSS + 5_00)
    manual.apply(payment_id, number)
    manual.follow()

    assert (owed(number).open_minor, owed(number).credit_minor) == (0, 5_00)


def test_applying_again_changes_nothing_and_to_another_is_refused(
    manual: ManualPayments, number: str
) -> None:
    other = str(post(draft(draft_id="draft-2"))[1]["number"])
    payment_id = manual.entered(amount_minor=GROSS)
    manual.apply(payment_id, number)

    assert manual.apply(payment_id, number)[0] == 200
    status, error = manual.apply(payment_id, other)
    assert (status, error["param"]) == (409, "invoice_number")
    manual.follow()
    assert (owed(number).open_minor, owed(other).open_minor) == (0, GROSS)


def test_only_what_is_there_whole_is_applied_and_only_where_something_is_owed(
    manual: ManualPayments, number: str
) -> None:
    gone, part = manual.entered(), manual.entered(reference="slip-2")
    manual.reverse(gone)
    manual.give_back(part, amount_minor=90)
    for payment_id in (gone, part):
        assert manual.apply(payment_id, number)[0] == 409

    paying = manual.entered(invoice_number=number, amount_minor=GROSS)
    manual.follow()
    late = manual.entered(reference="slip-3")
    assert manual.apply(late, number)[0] == 409  # nothing is owed
    assert manual.apply(paying, number)[0] == 200  # it says so already
    assert manual.apply("mp_unknown", number)[0] == 404
    assert manual.apply(late, "2026-00000099")[0] == 404


def test_a_void_invoice_and_one_of_another_currency_take_nothing(
    manual: ManualPayments, number: str
) -> None:
    payment_id = manual.entered(currency="SEK")
    assert manual.apply(payment_id, number)[0] == 400

    euros = manual.entered(reference="slip-2")
    void_document("main", number, ("by mistake", OPERATOR), lambda: 10.0)
    assert manual.apply(euros, number)[0] == 409


def test_an_order_that_is_paid_later_is_paid_by_what_is_applied_to_its_invoice(
    manual: ManualPayments,
) -> None:
    status, answer = post(draft(draft_id=None, order_id="order-1", payment_link=LINK))
    assert status == 201, answer
    payment_id = manual.entered(amount_minor=GROSS)
    manual.follow()
    manual.apply(payment_id, str(answer["number"]))
    manual.follow()

    assert owed(str(answer["number"])).state is InvoiceState.PAID
    [payer] = manual.lifecycle().payers
    assert payer.payment_id == payment_id


def test_the_act_stands_in_the_audit_trail(manual: ManualPayments, number: str) -> None:
    payment_id = manual.entered(amount_minor=GROSS)
    manual.apply(payment_id, number)

    acts = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    applied = [one for one in acts if one["operation"] == "payment.apply"]
    assert [(one["object_id"], one["after"]) for one in applied] == [
        (f"payment/manual/till-1/{payment_id}", number)
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_bounce_that_is_heard_in_any_order_leaves_the_invoice_owed(
    manual: ManualPayments, number: str, order: tuple[int, ...]
) -> None:
    payment_id = manual.entered(amount_minor=GROSS, method="cheque")
    manual.apply(payment_id, number)
    manual.reverse(payment_id)
    messages = manual.queued()
    facts = manual.book([messages[at] for at in order])
    for fact in reversed(facts):
        manual.receive(fact)

    assert owed(number).open_minor == GROSS


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_was_given_back_is_found_in_whatever_order_it_is_heard(
    manual: ManualPayments, number: str, order: tuple[int, ...]
) -> None:
    payment_id = manual.entered(amount_minor=GROSS + 7_00)
    manual.apply(payment_id, number)
    manual.give_back(payment_id, amount_minor=7_00)
    messages = manual.queued()
    facts = manual.book([messages[at] for at in order])
    for fact in (*reversed(facts), *facts):
        manual.receive(fact)

    assert (owed(number).open_minor, owed(number).credit_minor) == (0, 0)
