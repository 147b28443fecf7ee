"""A result of the demo at one gateway as it should be, to plant deviations in."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.demo.actors.fakes import FakePayment, FakeRefund, Truth
from infra.demo.one_gateway import DECLINED_CARD, PAYOUT_EUR_MINOR, SCENARIO, sold
from infra.demo.result import Certified, OrderResult, Result
from infra.demo.scenario import Ending, Flow, RefundPlan
from infra.local.observed import Books
from kassa.billing.numbering.verification import Break, Verified
from kassa.core.money import Money
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import BookedEvent
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.policy.model import Outcome as Decision
from tests.support.booked_events import A, Move, P, booked_event, capture, refund
from tests.support.refund_cases import RR, a_lifecycle, a_receipt, a_request

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SMALL = RefundPlan(Flow.SMALL, 60_00, "damaged", times=2)
TOO_MUCH = RefundPlan(Flow.TOO_MUCH, 600_00, "other")
ORDERS = (
    sold("order-1", 500_00, "EUR", refund=TOO_MUCH),
    sold("order-2", 10_00, "EUR", DECLINED_CARD, ending=Ending.DECLINED),
    sold("order-3", 100_00, "EUR", refund=SMALL, by_hand_minor=5_00),
)
FEES = 14_80 + 3_20  # 2.9 % and 0.30 of each


def eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


def booked(subject_id: str, fact: str, amount: int, *moves: Move) -> BookedEvent:
    """Return an event of one fact, with a posting for each move."""
    kind = SubjectKind.PAYOUT if fact == "PayoutPaid" else SubjectKind.PAYMENT
    subject = Subject(gateway="stripe", account="main", kind=kind, subject_id=subject_id)
    return booked_event(subject, NOW, eur(amount), moves, fact=fact)


def captured(payment_id: str, minor: int, fee: int) -> BookedEvent:
    """Return a capture as it stands once its balance transaction was pulled."""
    return booked(payment_id, "PaymentCaptured", minor, *capture(minor, minor, fee))


CAPTURED = captured("pi_1", 500_00, 14_80)
FAILED = booked("pi_2", "PaymentFailed", 10_00)
PAID_OUT = booked(
    "po_1",
    "PayoutPaid",
    PAYOUT_EUR_MINOR,
    (P.PAYOUT, A.GATEWAY_BALANCE, A.BANK, PAYOUT_EUR_MINOR),
)
GIVEN_BACK = booked("pi_3", "RefundSucceeded", 65_00, *refund(65_00))
EVENTS = (CAPTURED, FAILED, captured("pi_3", 100_00, 3_20), GIVEN_BACK, PAID_OUT)
PAID = a_lifecycle(RequestState.PAID, reference="7000", refund_id="re_1")
ANSWER: tuple[int, dict[str, Any]] = (200, {"request": {"refund_request_id": RR}})
CASE = RefundCase(request=a_request(60_00), lifecycle=PAID)
REFUSED = OrderResult(ORDERS[0], "pi_1", refunds=((409, {"left_minor": 500_00}),))
DECLINED = OrderResult(ORDERS[1], "pi_2")
REFUNDED = OrderResult(ORDERS[2], "pi_3", refunds=(ANSWER, ANSWER), cases=(CASE,))
AT_GATEWAY = FakeRefund(RR, "pi_3", 60_00, "succeeded")
BY_HAND = FakeRefund(None, "pi_3", 5_00, "succeeded")
HELD = 600_00 - 65_00 - FEES - PAYOUT_EUR_MINOR
PAYMENTS = (
    FakePayment("pi_1", "order-1", "EUR", 500_00, 0),
    FakePayment("pi_3", "order-3", "EUR", 100_00, 65_00),
)
TRUTH = Truth({"EUR": HELD}, PAYMENTS, (AT_GATEWAY, BY_HAND))
REPORTED = {"EUR": {"gross": 600_00, "refunds": 65_00, "disputes": 0, "fees": FEES}}


def certified(numbers: int, broken: Break | None = None) -> Certified:
    """Return a certificate of so many numbers, whole unless it is said where it isn't."""
    found = Verified("2026", numbers, 0, 0, numbers, "0" * 64, broken)
    return Certified(Path("2026.jsonl"), found)


AS_EXPECTED = Result(
    scenario=replace(SCENARIO, orders=ORDERS),
    orders=(REFUSED, DECLINED, REFUNDED),
    books=Books(EVENTS),
    truths={"stripe": TRUTH},
    unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
    invoices=(Path("1.pdf"), Path("2.pdf")),
    certificates=(certified(2),),
    report=(Path("report.html"), Path("report.json"), Path("report.csv")),
    reported=REPORTED,
)


def refunded(at_gateway: tuple[FakeRefund, ...] | None = None, **changed: Any) -> Result:
    """Return the result with something of the refund changed that is small enough to be paid."""
    truth = TRUTH if at_gateway is None else replace(TRUTH, refunds=at_gateway)
    orders = (REFUSED, DECLINED, replace(REFUNDED, **changed))
    return replace(AS_EXPECTED, orders=orders, truths={"stripe": truth})


def lived(lifecycle: RefundLifecycle, decision: Decision = Decision.APPROVE) -> Result:
    """Return the result with that refund decided or standing otherwise."""
    request = a_request(60_00, receipt=a_receipt(decision))
    return refunded(cases=(RefundCase(request=request, lifecycle=lifecycle),))
