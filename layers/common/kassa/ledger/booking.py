"""Booking: what a joined state owes the world, as facts with the postings they make.

What an object moved is a function of the joined state, and how much of it is posted stands beside
it. What is owed is the difference; so the same set of events moves the same amounts in whatever
order it comes. Only which event carries a posting differs, and into how many steps it falls; and
what was assumed and then disproved is posted and taken back where the assumption came first.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from kassa.core.facts import FactData, FactMetadata
from kassa.core.postings import Posting
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger import facts
from kassa.ledger.facts import LedgerFact, LedgerFactData
from kassa.ledger.movements.captures import capture_postings, opening_minor, reversal_postings
from kassa.ledger.movements.postings import Owing, Whole, movement_postings, settled_object
from kassa.ledger.objects import ObjectState
from kassa.ledger.settlement import settlement
from kassa.ledger.state import TEXTS, SubjectState, join, unconsumed

K = ObjectKind
Owed = Iterator[tuple[str, LedgerFactData]]  # facts by their ids, or by their states

_PLAIN: dict[tuple[ObjectKind, str], type[FactData]] = {
    (K.PAYMENT, "authorized"): facts.PaymentAuthorized,
    (K.PAYMENT, "voided"): facts.PaymentVoided,
    (K.CHARGE, "failed"): facts.PaymentFailed,
    (K.REFUND, "pending"): facts.RefundCreated,
    (K.REFUND, "requires_action"): facts.RefundCreated,
    (K.REFUND, "succeeded"): facts.RefundSucceeded,
    (K.REFUND, "failed"): facts.RefundFailed,
    (K.REFUND, "canceled"): facts.RefundCanceled,
    (K.DISPUTE, "inquiry"): facts.DisputeOpened,
    (K.DISPUTE, "open"): facts.DisputeOpened,
    (K.DISPUTE, "inquiry_closed"): facts.DisputeInquiryClosed,
    (K.DISPUTE, "won"): facts.DisputeWon,
    (K.DISPUTE, "lost"): facts.DisputeLost,
    (K.DISPUTE_FUNDS, "withdrawn"): facts.DisputeFundsWithdrawn,
    (K.DISPUTE_FUNDS, "reinstated"): facts.DisputeFundsReinstated,
    (K.CHECKOUT, "completed"): facts.CheckoutCompleted,
    (K.CHECKOUT, "expired"): facts.CheckoutExpired,
    (K.PAYOUT, "paid"): facts.PayoutPaid,
    (K.PAYOUT, "failed"): facts.PayoutFailed,
}


_OVER = ("inquiry_closed", "won", "lost")  # disputes
PAID_WITH = ("method", "brand", "card_country")
_BEFORE_CAPTURE = (None, "pending", "authorized", "failed")


class BookingContext(NamedTuple):
    """What booking an event needs beside the event: whose it is, and when."""

    merchant_id: str
    booked_at: datetime
    opened_at: datetime | None = None  # captures before this are an opening balance
    imported_until: datetime | None = None  # what happened before this is imported

    def is_imported(self, happened_at: datetime) -> Literal[True] | None:
        """Tell whether what happened at an instant belongs to an imported past; none: no."""
        is_past = self.imported_until is not None and happened_at < self.imported_until
        return True if is_past else None


def book(
    before: SubjectState, event: GatewayEvent, context: BookingContext
) -> tuple[SubjectState, tuple[LedgerFact, ...]]:
    """Join an event and return the new state with the facts that became true by it."""
    after = join(before, event)
    reports = {one.object_id: one for one in event.object_reports if one.movement or one.card}
    objects, owed, whole = dict(after.objects), list[tuple[str, LedgerFactData]](), Whole.of(after)
    subject_id, is_whole_new = event.subject.subject_id, whole != Whole.of(before)
    for object_id in sorted(objects):
        if not is_whole_new and before.objects.get(object_id) is objects[object_id]:
            continue  # settled when it was last joined, and nothing it depends on has changed
        known = objects[object_id]
        opening = opening_minor(known, before.objects.get(object_id), context.opened_at)
        settled = settled_object(object_id, known, whole, opening)
        if settled == known:
            continue
        owing = Owing(event.event_id, object_id, known, settled, after, reports.get(object_id))
        facts_of_object = (*_in_wrong_currency(owing), *_owed(owing.in_its_currency))
        owed += [(f"{subject_id}:{object_id}:{name}", data) for name, data in facts_of_object]
        objects[object_id] = settled
    owed.extend(_opened(before, objects, subject_id, context))
    owed.extend(_described(before, after, subject_id))
    owed.extend(_marked(before, after, subject_id))
    owed.extend(_traced(before, after, subject_id))
    owed.extend(_applied(before, after, subject_id))
    after = after.model_copy(update={"objects": objects, "reservations": unconsumed(after)})
    if after != before:
        after = after.model_copy(update={"version": before.version + 1})
    new_facts = tuple(
        LedgerFact(metadata=_metadata((fact_id, data), event, after, context), data=data)
        for fact_id, data in owed
    )
    return after, new_facts


def _metadata(
    owed: tuple[str, LedgerFactData],
    event: GatewayEvent,
    after: SubjectState,
    context: BookingContext,
) -> FactMetadata:
    fact_id, data = owed
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
        is_imported=context.is_imported(data.occurred_at),
    )


def _owed(owing: Owing) -> Owed:
    known = owing.known
    if known.kind is K.CHARGE and (owing.out_minor or owing.opening_minor):
        yield from _owed_by_charge(owing)
    elif known.kind is K.BALANCE_TRANSACTION and owing.movement is not None:
        moved = settlement(owing.object_id, owing.movement)
        fields = _fields(owing.object_id, known, moved) | _paid_with(owing.state)
        fields |= {"movement": owing.movement, "customer_id": owing.state.customer_id}
        yield known.state, facts.BalanceTransactionBooked.model_validate(fields)
    elif known.kind is K.CARD and owing.card is not None:
        fields = _fields(owing.object_id, known, ()) | owing.card.model_dump()
        fields |= {"customer_id": owing.state.customer_id}
        yield known.state, facts.CardExpiring.model_validate(fields)
    elif (known.kind, known.state) in _PLAIN:
        yield from _plain(owing)


def _in_wrong_currency(owing: Owing) -> Owed:
    """Take back what was posted in another currency than the gateway reports for sure."""
    if owing.known.posted_currency is None:
        return
    undone, known = owing.undone, owing.undone.known
    amount = known.money(known.posted_minor)
    posted = f"{known.currency}:{known.posted_minor}-{known.returned_minor}"
    name = _by_event(f"corrected:{posted}", owing)
    is_charge = known.kind is K.CHARGE
    fact = facts.PaymentReversed if is_charge else facts.MovementCorrected
    postings = reversal_postings(undone) if is_charge else movement_postings(undone)
    fields = _fields(owing.object_id, known, postings) | _whose(owing.state) | {"amount": amount}
    yield name, _fact(fact, fields)


def _plain(owing: Owing) -> Owed:
    """Publish a new state; or how much more an object moved, where its amount has changed."""
    known, settled, postings = owing.known, owing.settled, movement_postings(owing)
    fields = _fields(owing.object_id, known, postings) | _details(owing)
    fact, name = _PLAIN[known.kind, known.state], known.state
    stands = settled.published is not None  # else it gave way, or waits again
    if not (stands and owing.is_new_state):
        if not postings:
            return
        name = _by_event(f"{name}:{settled.posted_minor}-{settled.returned_minor}", owing)
        changed_minor = abs(owing.out_minor - owing.back_minor)
        fields |= {"amount": known.money(changed_minor)} | {"reference": None}  # in the first
        if settled.is_assumed or not stands:
            fact = facts.MovementCorrected
    elif settled.is_assumed:
        name = _by_event(name, owing)
    yield name, _fact(fact, fields)


def _by_event(name: str, owing: Owing) -> str:
    """Name a fact by its event too, where the like of it can become true more than once.

    A charge is taken back and captured again; a movement that was assumed gives way to a surer
    one, and counts again where that one fails. One event does either once to an object.
    """
    return f"{name}@{owing.event_id}"


def _details(owing: Owing) -> dict[str, object]:
    names = ("reason", "refund_request_id", "reference", "belongs_to", *PAID_WITH)
    found = {name: getattr(owing.known, name) for name in names}
    found["evidence_due_by"] = owing.known.due_by
    return found | {name: getattr(owing.state, name) for name in TEXTS} | _whose(owing.state)


def _whose(state: SubjectState) -> dict[str, object]:
    """Return whose a payment is, and by which agreement it was collected."""
    names = ("customer_id", "recurring", "agreement_id", "recurring_minor")
    return {name: getattr(state, name) for name in names}


def _paid_with(state: SubjectState) -> dict[str, object]:
    """Return what a payment was paid with, and when; nothing of what its captures differ in."""
    charges = state.of(K.CHARGE, "captured", "returned").values()
    found = {name: {getattr(charge, name) for charge in charges} for name in PAID_WITH}
    found["captured_at"] = {charge.instant for charge in charges}
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def _owed_by_charge(owing: Owing) -> Owed:
    """Publish that a capture was disproved or taken back, and what else was captured."""
    known = owing.known
    owed = (
        (f"reversed:{known.posted_minor}", facts.PaymentReversed, reversal_postings(owing)),
        (f"captured:{known.amount_minor}", facts.PaymentCaptured, capture_postings(owing)),
    )
    for name, fact, postings in owed:
        if postings:
            moved_minor = sum(one.amount.amount_minor for one in postings)
            fields = _fields(owing.object_id, known, postings) | _details(owing)
            fields["amount"] = known.money(moved_minor)
            is_first = known.published in _BEFORE_CAPTURE
            yield name if is_first else _by_event(name, owing), _fact(fact, fields)


def _fact(fact: type[FactData], fields: dict[str, object]) -> LedgerFactData:
    """Make a fact of what it has fields for."""
    fitting = {name: value for name, value in fields.items() if name in fact.model_fields}
    data: LedgerFactData = fact.model_validate(fitting)  # type: ignore[assignment]
    return data


def _opened(
    before: SubjectState,
    objects: dict[str, ObjectState],
    subject_id: str,
    context: BookingContext,
) -> Owed:
    """Disputes of an imported past that were over when they were first seen: they count as well."""
    for object_id, known in objects.items():
        earlier, is_over = before.objects.get(object_id), known.state in _OVER
        is_first = known.published and not (earlier and earlier.published)
        if is_first and known.kind is K.DISPUTE and is_over and context.is_imported(known.instant):
            fields = _fields(object_id, known, ()) | {"reason": known.reason}
            yield f"{subject_id}:{object_id}:open", _fact(facts.DisputeOpened, fields)


def _described(before: SubjectState, after: SubjectState, subject_id: str) -> Owed:
    """Payment methods that became known only after their capture was published."""
    for object_id, known in after.of(K.CHARGE, "captured").items():
        earlier = before.objects.get(object_id)
        is_news = earlier and (known.method, known.brand) != (earlier.method, earlier.brand)
        if earlier and is_news and earlier.posted_minor and known.method and not earlier.method:
            fields = _fields(object_id, known, ()) | {"method": known.method, "brand": known.brand}
            fields |= {"card_country": known.card_country}
            described = facts.PaymentDescribed.model_validate(fields)
            yield f"{subject_id}:{object_id}:described", described


def _marked(before: SubjectState, after: SubjectState, subject_id: str) -> Owed:
    """Agreements that became known only after their capture was published."""
    was, mark = ((one.recurring, one.agreement_id, one.recurring_minor) for one in (before, after))
    if mark[0] is None or was == mark:
        return
    for object_id, known in after.of(K.CHARGE, "captured").items():
        earlier = before.objects.get(object_id)
        if earlier and earlier.posted_minor:
            marks = {"was_recurring": was[0], "was_agreement_id": was[1]} | _whose(after)
            fact_id = f"{subject_id}:{object_id}:recurring:{mark[0]}:{mark[1] or ''}"
            fact_id += f":{mark[2]}" if mark[2] else ""
            marked = _fields(object_id, known, ()) | marks
            yield fact_id, _fact(facts.PaymentMarkedRecurring, marked)


def _traced(before: SubjectState, after: SubjectState, subject_id: str) -> Owed:
    """Trace numbers that became known only after their refund's success was published."""
    for object_id, known in after.of(K.REFUND, "succeeded").items():
        earlier = before.objects.get(object_id)
        was_published = earlier and earlier.published == known.state
        if known.reference and earlier and was_published and not earlier.reference:
            trace = {"reference": known.reference, "refund_request_id": known.refund_request_id}
            fields = _fields(object_id, known, ()) | trace
            yield f"{subject_id}:{object_id}:traced", facts.RefundTraced.model_validate(fields)


def _applied(before: SubjectState, after: SubjectState, subject_id: str) -> Owed:
    """An invoice that became known only after the capture was published for none."""
    if before.invoice_number is not None or after.invoice_number is None:
        return
    texts = {name: getattr(after, name) for name in ("order_id", "customer_id", "invoice_number")}
    for object_id, known in after.of(K.CHARGE, "captured").items():
        earlier = before.objects.get(object_id)
        if earlier and earlier.posted_minor:
            fields = _fields(object_id, known, ()) | texts
            yield f"{subject_id}:{object_id}:applied", facts.PaymentApplied.model_validate(fields)


def _fields(object_id: str, known: ObjectState, postings: tuple[Posting, ...]) -> dict[str, object]:
    return {
        "object_id": object_id,
        "occurred_at": known.instant,
        "amount": known.amount,
        "postings": postings,
    }
