"""An outcome of the main job as it should be, to plant deviations in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.local.fake_stripe import GatewayRefund, GatewayTruth
from infra.local.observed import Books
from infra.local.orders import DECLINED_CARD, PAYOUT_EUR_MINOR, Course, Order, RefundPlan, Sale
from infra.local.outcome import Asked, Outcome, Refunds
from kassa.core.facts import FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, Posting, PostingKind
from kassa.fact_catalog import FACT_DATA
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.refund_cases import RR, a_lifecycle, a_request

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
