"""`kassa up --once` exits by these judgements, so each kind of wrong must be seen."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.expectations import problems
from infra.local.expected_books import expected_balances, explained
from infra.local.expected_refunds import ENDS, has_ended
from infra.local.fake_stripe import GatewayRefund, GatewayTruth
from infra.local.observed import Books
from infra.local.orders import (
    DECLINED_CARD,
    ORDERS,
    PAYOUT_EUR_MINOR,
    Course,
    Order,
    RefundPlan,
    Sale,
)
from infra.local.outcome import Asked, Outcome, Refunds
from infra.local.place import Player
from kassa.core.facts import FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind
from kassa.fact_catalog import FACT_DATA
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Step, Why
from kassa.refunds.policy.model import Outcome as Decision
from tests.support.refund_cases import RR, a_change, a_lifecycle, a_receipt, a_request

NOW = datetime(2026, 11, 22, tzinfo=UTC)
A, P = Account, PostingKind
Move = tuple[PostingKind, Account, Account, int]

SOLD = Sale(Order("order-1", 500_00, "EUR"), "pi_1", "ch_1")
DECLINED = Sale(Order("order-2", 10_00, "EUR", card=DECLINED_CARD), "pi_2")
SMALL = RefundPlan(Course.SMALL, 60_00, "damaged")
REFUNDED = Sale(Order("order-3", 100_00, "EUR", refund=SMALL, dashboard_minor=5_00), "pi_3", "ch_3")
TOO_MUCH = RefundPlan(Course.TOO_MUCH, 600_00, "other")
FEES = 14_80 + 3_20  # 2.9 % and 0.30 of each


def booked(subject_id: str, fact: str, amount: int, *moves: Move) -> BookedEvent:
    """Return an event of one fact, with a posting for each move."""
    subject = Subject(
        gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=subject_id
    )
    postings = tuple(
        Posting(
            object_id=f"{subject_id}/{fact}",
            kind=kind,
            source=source,
            destination=target,
            amount=eur(minor),
        )
        for kind, source, target, minor in moves
    )
    words = {"fact": fact, "object_id": subject_id, "occurred_at": NOW, "amount": eur(amount)}
    metadata = FactMetadata(
        fact_id=f"{subject_id}:{fact}",
        event_id=f"evt_{subject_id}_{fact}",
        merchant_id="main",
        gateway="stripe",
        account="main",
        subject_kind="payment",
        subject_id=subject_id,
        version=1,
        booked_at=NOW,
    )
    data = FACT_DATA.validate_python(words | {"postings": postings})
    return BookedEvent(
        event_id=metadata.event_id,
        subject=subject,
        merchant_id="main",
        gateway_type="payment_intent.succeeded",
        booked_at=NOW,
        version=1,
        is_ignored=False,
        raw=None,
        reading={},
        facts=(LedgerFact(metadata=metadata, data=data),),
    )


def eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


def captured(payment_id: str, minor: int, fee: int) -> BookedEvent:
    """Return a capture as it stands once its balance transaction was pulled."""
    return booked(
        payment_id,
        "PaymentCaptured",
        minor,
        (P.CAPTURE, A.CUSTOMERS, A.GATEWAY_CLEARING, minor),
        (P.SETTLEMENT, A.GATEWAY_CLEARING, A.GATEWAY_BALANCE, minor),
        (P.FEE, A.GATEWAY_BALANCE, A.GATEWAY_FEES, fee),
    )


CAPTURED = captured("pi_1", 500_00, 14_80)
FAILED = booked("pi_2", "PaymentFailed", 10_00)
PAID_OUT = booked(
    "po_1",
    "PayoutPaid",
    PAYOUT_EUR_MINOR,
    (P.PAYOUT, A.GATEWAY_BALANCE, A.BANK, PAYOUT_EUR_MINOR),
)
GIVEN_BACK = booked(
    "pi_3",
    "RefundSucceeded",
    65_00,
    (P.REFUND, A.GATEWAY_CLEARING, A.CUSTOMERS, 65_00),
    (P.SETTLEMENT, A.GATEWAY_BALANCE, A.GATEWAY_CLEARING, 65_00),
)
EVENTS = (CAPTURED, FAILED, captured("pi_3", 100_00, 3_20), GIVEN_BACK, PAID_OUT)

PAID = a_lifecycle(RequestState.PAID, reference="7000", refund_id="re_1")
ANSWER: tuple[int, dict[str, Any]] = (200, {"request": {"refund_request_id": RR}})
ASKED = Asked(REFUNDED, SMALL, (ANSWER, ANSWER), RefundCase(request=a_request(), lifecycle=PAID))
REFUSED = Asked(SOLD, TOO_MUCH, ((409, {"left_minor": 500_00}),))
AT_GATEWAY = GatewayRefund(RR, "pi_3", 60_00, "succeeded")
BY_HAND = GatewayRefund(None, "pi_3", 5_00, "succeeded")
HELD = 600_00 - 65_00 - FEES - PAYOUT_EUR_MINOR
TRUTH = GatewayTruth({"EUR": HELD}, (AT_GATEWAY, BY_HAND))
AS_EXPECTED = Outcome(
    sales=(SOLD, DECLINED, REFUNDED),
    payout_id="po_1",
    books=Books(EVENTS),
    invoices=(Path("1.pdf"), Path("2.pdf")),
    report=(Path("report.html"), Path("report.json"), Path("report.csv")),
    unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
    refunds=Refunds((ASKED, REFUSED), TRUTH),
)


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
