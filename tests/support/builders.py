"""Small builders of events in our own words, for tests of the domain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kassa.audit.trail import Actor
from kassa.core.facts import FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.gateways.events import (
    GatewayEvent,
    Movement,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState

OPERATOR = Actor(aws_arn="arn:aws:iam::123456789012:user/operator")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CONTEXT = BookingContext(merchant_id="main", booked_at=NOW)


def eur(amount_minor: int) -> Money:
    """Return euros in cents."""
    return Money(amount_minor=amount_minor, currency="EUR")


def jpy(amount_minor: int) -> Money:
    """Return yen."""
    return Money(amount_minor=amount_minor, currency="JPY")


def subject(subject_id: str = "pi_1", kind: SubjectKind = SubjectKind.PAYMENT) -> Subject:
    """Return a subject of the main Stripe account."""
    return Subject(gateway="stripe", account="main", kind=kind, subject_id=subject_id)


def fact_metadata(fact_id: str, payment_id: str = "pi_1", gateway: str = "stripe") -> FactMetadata:
    """Return where a fact of a payment comes from."""
    return FactMetadata(
        fact_id=fact_id,
        event_id=f"evt_{payment_id}",
        merchant_id="main",
        gateway=gateway,
        account="main",
        subject_kind="payment",
        subject_id=payment_id,
        version=1,
        booked_at=NOW,
    )


def object_report(
    object_id: str,
    kind: ObjectKind,
    state: str,
    amount: Money | None = None,
    movement: Movement | None = None,
) -> ObjectReport:
    """Say how an object stands."""
    return ObjectReport(
        object_id=object_id,
        kind=kind,
        state=state,
        amount=amount or eur(100_00),
        happened_at=NOW - timedelta(minutes=1),
        movement=movement,
    )


def event(event_id: str, *object_reports: ObjectReport, of: Subject | None = None) -> GatewayEvent:
    """Return an event with these object reports."""
    return GatewayEvent(
        event_id=event_id,
        subject=of or subject(),
        gateway_type="test",
        happened_at=NOW,
        object_reports=object_reports,
    )


def captured(amount: Money | None = None, object_id: str = "ch_1") -> GatewayEvent:
    """Return the event of a captured charge."""
    amount = amount or eur(100_00)
    return event(
        f"evt_{object_id}_{amount.amount_minor}",
        object_report(object_id, ObjectKind.CHARGE, "captured", amount),
    )


def refund(state: str, amount: Money | None = None, object_id: str = "re_1") -> GatewayEvent:
    """Return the event of a refund in a state."""
    return event(
        f"evt_{object_id}_{state}",
        object_report(object_id, ObjectKind.REFUND, state, amount or eur(10_00)),
    )


def dispute(state: str, funds: str | None = None, amount: Money | None = None) -> GatewayEvent:
    """Return the event of a dispute, and of its funds where they moved."""
    amount = amount or eur(100_00)
    object_reports = [object_report("dp_1", ObjectKind.DISPUTE, state, amount)]
    if funds:
        object_reports.append(object_report("dp_1/funds", ObjectKind.DISPUTE_FUNDS, funds, amount))
    return event(f"evt_dp_1_{state}_{funds}", *object_reports)


def balance(movement: Movement, object_id: str = "txn_1") -> GatewayEvent:
    """Return the event of a pulled balance transaction."""
    moved = object_report(
        object_id, ObjectKind.BALANCE_TRANSACTION, "booked", movement.gross, movement
    )
    return event(f"balance:{object_id}", moved)


def funds(
    state: str, amount_minor: int, movement_id: str = "dp_1/funds", belongs_to: str | None = None
) -> GatewayEvent:
    moved = object_report(movement_id, ObjectKind.DISPUTE_FUNDS, state, eur(amount_minor))
    named = moved.model_copy(update={"belongs_to": belongs_to})
    return event(f"evt_{movement_id}_{state}_{amount_minor}", named)


def fold(events: Sequence[GatewayEvent]) -> tuple[SubjectState, list[LedgerFact]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, new_facts = book(state, one, CONTEXT)
        facts.extend(new_facts)
    return state, facts


def sums(facts: list[LedgerFact]) -> dict[Account, int]:
    posted = balances(p for fact in facts for p in fact.data.postings)
    return {account: minor for (account, _), minor in posted.items() if minor}
