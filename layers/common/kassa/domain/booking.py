"""Booking: what a joined state owes the world, as facts with the postings they make.

A state's rank is told once, and its postings are those of its path that weren't posted yet; so
the same set of events makes the same postings in whatever order it comes. Only which event
carries a posting differs, and for several captures of one charge into how many steps it falls.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from kassa.domain import fact_kinds as told
from kassa.domain.events import GatewayEvent, Movement, ObjectKind
from kassa.domain.facts import AnyFactData, Fact, FactMetadata
from kassa.domain.ledger import Account, Posting, PostingKind
from kassa.domain.objects import ObjectState
from kassa.domain.payments import SubjectState, join, unconsumed
from kassa.domain.ranks import path
from kassa.domain.settlement import posting, settlement

K = ObjectKind

_PLAIN: dict[tuple[ObjectKind, str], type[told.FactData]] = {
    (K.PAYMENT, "authorized"): told.PaymentAuthorized,
    (K.PAYMENT, "voided"): told.PaymentVoided,
    (K.CHARGE, "failed"): told.PaymentFailed,
    (K.REFUND, "pending"): told.RefundCreated,
    (K.REFUND, "requires_action"): told.RefundCreated,
    (K.REFUND, "succeeded"): told.RefundSucceeded,
    (K.REFUND, "failed"): told.RefundFailed,
    (K.REFUND, "canceled"): told.RefundCanceled,
    (K.DISPUTE, "inquiry"): told.DisputeOpened,
    (K.DISPUTE, "open"): told.DisputeOpened,
    (K.DISPUTE, "inquiry_closed"): told.DisputeInquiryClosed,
    (K.DISPUTE, "won"): told.DisputeWon,
    (K.DISPUTE, "lost"): told.DisputeLost,
    (K.DISPUTE_FUNDS, "withdrawn"): told.DisputeFundsWithdrawn,
    (K.DISPUTE_FUNDS, "reinstated"): told.DisputeFundsReinstated,
    (K.CHECKOUT, "completed"): told.CheckoutCompleted,
    (K.CHECKOUT, "expired"): told.CheckoutExpired,
    (K.PAYOUT, "paid"): told.PayoutPaid,
    (K.PAYOUT, "failed"): told.PayoutFailed,
}


class BookingContext(NamedTuple):
    """What booking an event needs beside the event: whose it is, and when."""

    merchant_id: str
    booked_at: datetime
    opened_at: datetime | None = None  # captures before this are an opening balance


def book(
    before: SubjectState, event: GatewayEvent, context: BookingContext
) -> tuple[SubjectState, tuple[Fact, ...]]:
    """Join an event and return the new state with the facts that became true by it."""
    after = join(before, event)
    movements = {s.object_id: s.movement for s in event.standings if s.movement}
    objects, owed = dict(after.objects), []
    for object_id in sorted(objects):
        known = objects[object_id]
        for name, data in _owed(object_id, after, movements.get(object_id), context):
            owed.append((f"{event.subject.subject_id}:{object_id}:{name}", data))
        if not _must_wait(known, after):
            posted = known.amount_minor if _is_captured(known) else 0
            update = {"told": known.state, "posted_minor": posted}
            objects[object_id] = known.model_copy(update=update)
    owed.extend(_described(before, after, event.subject.subject_id))
    owed.extend(_traced(before, after, event.subject.subject_id))
    after = after.model_copy(update={"objects": objects, "reservations": unconsumed(after)})
    if after != before:
        after = after.model_copy(update={"version": before.version + 1})
    facts = tuple(
        Fact(metadata=_metadata(fact_id, event, after, context), data=data)
        for fact_id, data in owed
    )
    return after, facts


def _metadata(
    fact_id: str, event: GatewayEvent, after: SubjectState, context: BookingContext
) -> FactMetadata:
    return FactMetadata(
        fact_id=fact_id,
        event_id=event.event_id,
        merchant_id=context.merchant_id,
        gateway=event.subject.gateway,
        account=event.subject.account,
        subject_kind=event.subject.kind,
        subject_id=event.subject.subject_id,
        version=after.version,
        booked_at=context.booked_at,
    )


def _must_wait(known: ObjectState, state: SubjectState) -> bool:
    """Refunds and chargebacks wait for their capture: nothing is given back that wasn't taken."""
    return known.kind in (K.REFUND, K.DISPUTE_FUNDS) and not state.captured_minor


def _is_captured(known: ObjectState) -> bool:
    return known.kind is K.CHARGE and known.state == "captured"


def _owed(
    object_id: str, state: SubjectState, movement: Movement | None, context: BookingContext
) -> Iterator[tuple[str, AnyFactData]]:
    known = state.objects[object_id]
    if _is_captured(known):
        yield from _owed_by_capture(object_id, state, context)
    elif known.told == known.state or _must_wait(known, state):
        return
    elif known.kind is K.BALANCE_TRANSACTION and movement is not None:
        data = told.BalanceTransactionBooked.model_validate(
            _said(object_id, known, settlement(object_id, movement)) | {"movement": movement}
        )
        yield known.state, data
    elif (known.kind, known.state) in _PLAIN:
        yield known.state, _plain(object_id, state)


def _plain(object_id: str, state: SubjectState) -> AnyFactData:
    known = state.objects[object_id]
    posted = path(known.kind, known.told)
    postings = tuple(
        posting(object_id, kind, known.amount)
        for kind in path(known.kind, known.state)
        if kind not in posted
    )
    words = {
        "reason": known.reason,
        "method": known.method,
        "refund_request_id": known.refund_request_id,
        "reference": known.reference,
        "order_id": state.order_id,
    }
    fact = _PLAIN[known.kind, known.state]
    fields = {name: word for name, word in words.items() if name in fact.model_fields}
    said: AnyFactData = fact.model_validate(_said(object_id, known, postings) | fields)  # type: ignore[assignment]
    return said


def _owed_by_capture(
    object_id: str, state: SubjectState, context: BookingContext
) -> Iterator[tuple[str, AnyFactData]]:
    known = state.objects[object_id]
    added = known.amount_minor - known.posted_minor
    if added > 0:
        money = known.amount.model_copy(update={"amount_minor": added})
        capture = posting(object_id, PostingKind.CAPTURE, money)
        if context.opened_at and known.instant < context.opened_at:
            capture = capture.model_copy(update={"destination": Account.OPENING_BALANCE})
        words = {
            "amount": money,
            "order_id": state.order_id,
            "customer_id": state.customer_id,
            "language": state.language,
            "method": known.method,
        }
        said = _said(object_id, known, (capture,)) | words
        yield f"captured:{known.amount_minor}", told.PaymentCaptured.model_validate(said)


def _described(
    before: SubjectState, after: SubjectState, subject_id: str
) -> Iterator[tuple[str, AnyFactData]]:
    """Payment methods that became known only after their capture was told."""
    for object_id, known in after.of(K.CHARGE, "captured").items():
        earlier = before.objects.get(object_id)
        if earlier and earlier.posted_minor and known.method and not earlier.method:
            said = _said(object_id, known, ()) | {"method": known.method}
            yield (
                f"{subject_id}:{object_id}:described",
                told.PaymentDescribed.model_validate(said),
            )


def _traced(
    before: SubjectState, after: SubjectState, subject_id: str
) -> Iterator[tuple[str, AnyFactData]]:
    """Trace numbers that became known only after their refund's success was told."""
    for object_id, known in after.of(K.REFUND, "succeeded").items():
        earlier = before.objects.get(object_id)
        if known.reference and earlier and earlier.told == known.state and not earlier.reference:
            words = {"reference": known.reference, "refund_request_id": known.refund_request_id}
            said = _said(object_id, known, ()) | words
            yield f"{subject_id}:{object_id}:traced", told.RefundTraced.model_validate(said)


def _said(object_id: str, known: ObjectState, postings: tuple[Posting, ...]) -> dict[str, object]:
    return {
        "object_id": object_id,
        "occurred_at": known.instant,
        "amount": known.amount,
        "postings": postings,
    }
