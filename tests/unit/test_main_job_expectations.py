"""`kassa up --once` exits by these judgements, so each kind of wrong must be seen."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.expectations import problems
from infra.local.main_job import Outcome
from infra.local.observed import Books
from infra.local.shop import DECLINED_CARD, PAYOUT_EUR_MINOR, Order, Sale
from kassa.adapters.event_items import BookedEvent
from kassa.domain.events import Subject, SubjectKind
from kassa.domain.facts import FACT_DATA, Fact, FactMetadata
from kassa.domain.ledger import Account, Posting, PostingKind
from kassa.domain.money import Money

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SOLD = Sale(Order("order-1", 500_00, "EUR", "en"), "pi_1", "ch_1")
DECLINED = Sale(Order("order-2", 10_00, "EUR", "en", card=DECLINED_CARD), "pi_2")
A = Account


def booked(subject_id: str, fact: str, amount: int, *moves: tuple[Account, Account]) -> BookedEvent:
    """Return an event of one fact, with a posting for each move."""
    subject = Subject(
        gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=subject_id
    )
    money = Money(amount_minor=amount, currency="EUR")
    kinds = [PostingKind.CAPTURE, PostingKind.SETTLEMENT]
    postings = tuple(
        Posting(object_id=subject_id, kind=kind, source=a, destination=b, amount=money)
        for kind, (a, b) in zip(kinds, moves, strict=False)
    )
    data = FACT_DATA.validate_python(
        {
            "fact": fact,
            "object_id": subject_id,
            "occurred_at": NOW,
            "amount": money,
            "postings": postings,
        }
    )
    metadata = FactMetadata(
        fact_id=f"{subject_id}:{fact}",
        event_id=f"evt_{subject_id}",
        merchant_id="main",
        gateway="stripe",
        account="main",
        subject_kind="payment",
        subject_id=subject_id,
        version=1,
        booked_at=NOW,
    )
    return BookedEvent(
        event_id=f"evt_{subject_id}",
        subject=subject,
        merchant_id="main",
        gateway_type="payment_intent.succeeded",
        booked_at=NOW,
        version=1,
        is_ignored=False,
        raw=None,
        reading={},
        facts=(Fact(metadata=metadata, data=data),),
    )


CAPTURED = booked(
    "pi_1",
    "PaymentCaptured",
    500_00,
    (A.CUSTOMERS, A.GATEWAY_CLEARING),
    (A.GATEWAY_CLEARING, A.GATEWAY_BALANCE),
)
FAILED = booked("pi_2", "PaymentFailed", 10_00)
PAID_OUT = booked("po_1", "PayoutPaid", PAYOUT_EUR_MINOR, (A.GATEWAY_BALANCE, A.BANK))
AS_EXPECTED = Outcome(
    sales=(SOLD, DECLINED),
    payout_id="po_1",
    books=Books((CAPTURED, FAILED, PAID_OUT)),
    invoices=(Path("1.pdf"),),
    report=(Path("report.html"), Path("report.json"), Path("report.csv")),
    unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
)


def test_nothing_is_wrong_when_all_is_booked_invoiced_and_reported() -> None:
    assert problems(AS_EXPECTED) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"books": Books((CAPTURED, PAID_OUT))}, "PaymentFailed of pi_2 was not booked"),
        ({"books": Books((CAPTURED, CAPTURED, FAILED, PAID_OUT))}, "was told by two events"),
        ({"books": Books((CAPTURED, CAPTURED, FAILED, PAID_OUT))}, "was posted twice"),
        ({"books": Books((CAPTURED, FAILED))}, "bank has 0 EUR (minor units) instead of 15000"),
        ({"invoices": ()}, "0 invoices were issued for 1 captured payments"),
        ({"report": (Path("report.json"),)}, "today's report has no html file"),
        ({"unfinished": {"EventsDeadLetterQueue": 1}}, "EventsDeadLetterQueue holds 1 messages"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, object], said: str) -> None:
    found = problems(replace(AS_EXPECTED, **wrong))  # type: ignore[arg-type]
    assert any(said in problem for problem in found), found
