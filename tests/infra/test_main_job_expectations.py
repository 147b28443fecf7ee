"""`kassa up --once` exits by these judgements, so each kind of wrong must be seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.expectations import problems
from infra.local.expected_books import expected_balances, explained
from infra.local.expected_refunds import ENDS, has_ended
from infra.local.fake_stripe import GatewayTruth
from infra.local.observed import Books
from infra.local.orders import (
    ORDERS,
    PAYOUT_EUR_MINOR,
    Course,
    Order,
    Sale,
)
from infra.local.outcome import Asked, Refunds
from infra.local.place import Player
from kassa.ledger.items import BookedEvent
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Step, Why
from kassa.refunds.policy.model import Outcome as Decision
from tests.support.main_jobs import (
    ANSWER,
    AS_EXPECTED,
    ASKED,
    AT_GATEWAY,
    BY_HAND,
    CAPTURED,
    DECLINED,
    EVENTS,
    FAILED,
    GIVEN_BACK,
    HELD,
    PAID,
    PAID_OUT,
    REFUSED,
    SOLD,
    TRUTH,
    A,
)
from tests.support.refund_cases import RR, a_change, a_lifecycle, a_receipt, a_request


def without(*events: BookedEvent) -> Books:
    return Books(tuple(event for event in EVENTS if event not in events))


def refunds(truth: GatewayTruth = TRUTH, refused: Asked = REFUSED, **words: Any) -> Refunds:
    """Return the refunds with something of the one that was asked for changed."""
    return Refunds((replace(ASKED, **words), refused), truth)


def lived(lifecycle: RefundLifecycle, decision: Decision = Decision.APPROVE) -> Refunds:
    case = RefundCase(request=a_request(receipt=a_receipt(decision)), lifecycle=lifecycle)
    return refunds(case=case)


def test_nothing_is_wrong_when_all_is_booked_refunded_invoiced_and_reported() -> None:
    assert problems(AS_EXPECTED) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"books": without(FAILED)}, "PaymentFailed of pi_2 was not booked"),
        ({"books": without(GIVEN_BACK)}, "RefundSucceeded of pi_3 was not booked"),
        ({"books": Books((*EVENTS, CAPTURED))}, "was told by two events"),
        ({"books": Books((*EVENTS, CAPTURED))}, "was posted twice"),
        ({"books": without(PAID_OUT)}, "bank has 0 EUR (minor units) instead of 15000"),
        ({"invoices": ()}, "0 invoices were issued for 2 captured payments"),
        ({"report": (Path("report.json"),)}, "today's report has no html file"),
        ({"unfinished": {"EventsDeadLetterQueue": 1}}, "EventsDeadLetterQueue holds 1 messages"),
    ],
)
def test_what_is_wrong_with_the_books_is_named(wrong: dict[str, Any], said: str) -> None:
    found = problems(replace(AS_EXPECTED, **wrong))
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lived(a_lifecycle(RequestState.ASKED)), "is asked by 0, not paid by 0"),
        (lived(PAID.model_copy(update={"reference": None})), "without the bank's reference"),
        (lived(PAID, Decision.ESCALATE), "was decided escalate, not approve"),
        (refunds(case=None), "the refund of order-3 has no request"),
        (refunds(answers=(ANSWER, (500, {}))), "was answered 500"),
        (refunds(answers=(ANSWER, (200, {"request": {}}))), "answered differently"),
        (refunds(GatewayTruth({"EUR": HELD}, (BY_HAND,))), "is [] at the gateway"),
        (refunds(GatewayTruth({"EUR": HELD}, (AT_GATEWAY,))), "500 (minor units) of pi_3, by hand"),
        (refunds(GatewayTruth({"EUR": HELD + 1}, TRUTH.refunds)), f"the gateway holds {HELD + 1}"),
        (refunds(refused=replace(REFUSED, answers=((200, {}),))), "was answered 200"),
        (
            refunds(GatewayTruth({"EUR": HELD}, (*TRUTH.refunds, AT_GATEWAY))),
            f"{RR} was paid 2 times",
        ),
        (
            refunds(
                GatewayTruth({"EUR": HELD}, (*TRUTH.refunds, replace(AT_GATEWAY, asked=f"{RR}.2")))
            ),
            f"{RR} was paid 2 times",
        ),
    ],
)
def test_what_is_wrong_with_a_refund_is_named(wrong: Refunds, said: str) -> None:
    found = problems(replace(AS_EXPECTED, refunds=wrong))
    assert any(said in problem for problem in found), found


def test_every_course_ends_somewhere_and_one_is_refused_at_once() -> None:
    assert set(ENDS) == set(Course) - {Course.TOO_MUCH}
    assert {order.refund.course for order in ORDERS if order.refund} == set(Course)


def test_a_refund_has_ended_once_the_bank_named_it_or_its_reason_is_the_expected_one() -> None:
    assert has_ended(Course.SMALL, PAID)
    assert not has_ended(Course.SMALL, PAID.model_copy(update={"reference": None}))
    escalated = a_lifecycle(
        RequestState.ESCALATED, changes=(a_change(Step.ESCALATED, why=Why.DISPUTE),)
    )
    assert has_ended(Course.DISPUTED, escalated)
    assert not has_ended(Course.COMES_BACK, escalated)


def test_the_books_are_expected_from_the_orders_and_the_gateways_terms_alone() -> None:
    sales = tuple(Sale(order, order.order_id) for order in ORDERS)
    expected = expected_balances(sales, Player.STRIPE)

    sums: dict[str, int] = {}
    for (_, currency), minor in expected.items():
        sums[currency] = sums.get(currency, 0) + minor
    assert set(sums.values()) == {0}
    assert (A.GATEWAY_CLEARING, "EUR") not in expected
    assert expected[A.GATEWAY_FEES, "EUR"] == 46_04
    assert expected[A.CHARGEBACKS, "JPY"] == 4_200
    assert explained(sales)[0] == "gateway_fees: 2.9 % and 0.30 EUR a payment, 15.00 EUR a dispute"


def test_localstripe_keeps_no_fees_and_changes_no_money() -> None:
    sales = (SOLD, DECLINED, Sale(Order("order-4", 12_800, "JPY"), "pi_4", "ch_4"))
    assert expected_balances(sales, Player.LOCALSTRIPE) == {
        (A.CUSTOMERS, "EUR"): -500_00,
        (A.GATEWAY_BALANCE, "EUR"): 500_00 - PAYOUT_EUR_MINOR,
        (A.BANK, "EUR"): PAYOUT_EUR_MINOR,
        (A.CUSTOMERS, "JPY"): -12_800,
        (A.GATEWAY_BALANCE, "JPY"): 12_800,
    }
