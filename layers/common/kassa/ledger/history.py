"""A payment's history as it is read: how the payment stands, and what moved because of it."""

from collections.abc import Iterable

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.core.postings import Account, PostingKind
from kassa.gateways.events import ObjectKind, Subject
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState


class ObjectStanding(Model):
    """How one of the gateway's objects stands."""

    object_id: str
    kind: ObjectKind
    state: str
    amount: Money
    happened_at: Instant
    method: str | None = None
    brand: str | None = None
    reason: str | None = None
    refund_request_id: str | None = None


class BookedPosting(Model):
    """A posting, and the event that brought it."""

    object_id: str
    kind: PostingKind
    source: Account
    destination: Account
    amount: Money
    event_id: str
    booked_at: Instant


class PaymentState(Model):
    """How a payment stands: what was taken, given back, held back and may still be refunded."""

    gateway: str
    account: str
    payment_id: str
    version: int
    order_id: str | None
    customer_id: str | None
    captured: Money | None  # none until something of the payment has an amount
    refunded: Money | None
    disputed: Money | None
    headroom: Money | None
    waiting: tuple[str, ...]  # objects that wait for another event to make sense of them
    objects: tuple[ObjectStanding, ...]


def payment_state(subject: Subject, state: SubjectState, headroom_minor: int) -> PaymentState:
    """Return how a payment stands, in the currency of its charge."""

    def money(amount_minor: int) -> Money | None:
        currency = _currency(state)
        return Money(amount_minor=amount_minor, currency=currency) if currency else None

    return PaymentState(
        gateway=subject.gateway,
        account=subject.account,
        payment_id=subject.subject_id,
        version=state.version,
        order_id=state.order_id,
        customer_id=state.customer_id,
        captured=money(state.captured_minor),
        refunded=money(state.refunded_minor),
        disputed=money(state.disputed_minor),
        headroom=money(headroom_minor),
        waiting=state.waiting,
        objects=_object_reports(state),
    )


def booked_postings(facts: Iterable[LedgerFact]) -> tuple[BookedPosting, ...]:
    """List what facts moved, in the order it was booked."""
    return tuple(
        BookedPosting(
            object_id=posting.object_id,
            kind=posting.kind,
            source=posting.source,
            destination=posting.destination,
            amount=posting.amount,
            event_id=fact.metadata.event_id,
            booked_at=fact.metadata.booked_at,
        )
        for fact in facts
        for posting in fact.data.postings
    )


def _currency(state: SubjectState) -> str | None:
    """Return the payment's currency; its balance transactions may be in another."""
    for kind in (ObjectKind.CHARGE, ObjectKind.PAYMENT, ObjectKind.REFUND, ObjectKind.DISPUTE):
        for known in state.of(kind).values():
            return known.currency
    return None


def _object_reports(state: SubjectState) -> tuple[ObjectStanding, ...]:
    object_reports = (
        ObjectStanding(
            object_id=object_id,
            kind=known.kind,
            state=known.state,
            amount=known.amount,
            happened_at=known.instant,
            method=known.method,
            brand=known.brand,
            reason=known.reason,
            refund_request_id=known.refund_request_id,
        )
        for object_id, known in state.objects.items()
    )
    return tuple(sorted(object_reports, key=lambda one: (one.happened_at, one.object_id)))
