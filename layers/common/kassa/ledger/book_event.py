"""Book an event once, then publish its facts; a message that comes back only publishes again.

Read, join, commit, publish: the message is the outbox, deleted only when the commit stands and
its facts are on the bus. A crash in between brings it back, the commit turns out to be done, and
the facts that stand with the event are published once more.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

from kassa.core.errors import StaleWrite
from kassa.gateways.event_types import listed_type
from kassa.gateways.events import FETCHED, Delivery, GatewayEvent, Ignored
from kassa.intake.healed_fact import Healed, healed_fact
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.compaction import is_nearly_full
from kassa.ledger.facts import PaymentReversed
from kassa.ledger.items import BookedEvent, is_booked_as_read, reading_of
from kassa.ledger.read_event import read_event
from kassa.ledger.state import SubjectState
from kassa.ledger.store import Books, Commit
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import count_by, logger, metrics

RESERVE_S = 1.0  # kept back for publishing and answering


class Arrival(NamedTuple):
    """A delivery as it came in: where it is archived, and when that was, if it is booked later."""

    delivery: Delivery
    raw: str
    archived_at: datetime | None = None  # none: it is booked as it comes

    @property
    def is_news(self) -> bool:
        """Tell whether anybody must hear of what is wrong: not of what is imported."""
        return self.delivery.origin != "import"


def book_event(delivery: Delivery, raw: str, books: Books, time_left_s: TimeLeft) -> str:
    """Book a delivery's event and publish its facts; return if it was booked, known or ignored.

    `raw` names where the delivery is archived. Raises StaleWrite when other events of the same
    payment kept winning until the time ran out, UnreadableEvent for bytes that are no event,
    GatewayUnavailable when what only the gateway knows can't be found out, and NotPublished when
    the bus refused facts; each time the message must come back.
    """
    outcome, booked = book_silently(Arrival(delivery, raw), books, time_left_s)
    is_healed = outcome is Commit.BOOKED and _is_missed(booked, delivery)
    healed = [healed_fact(_healed(booked, delivery.origin))] if is_healed else []
    event_bus.publish([*booked.facts, *healed])
    _account(outcome, booked, delivery)
    became = "known" if outcome is Commit.REPEATED else "booked"
    return "ignored" if booked.is_ignored else became


def book_silently(
    arrival: Arrival, books: Books, time_left_s: TimeLeft
) -> tuple[Commit, BookedEvent]:
    """Book a delivery's event once and publish nothing; raises what `book_event` raises."""
    event = read_event(arrival.delivery, books)
    logger.append_keys(correlation_id=event.event_id)
    return retry_on_conflict(lambda: _attempt(event, arrival, books), time_left_s, RESERVE_S)


def _attempt(
    event: GatewayEvent | Ignored, arrival: Arrival, books: Books
) -> tuple[Commit, BookedEvent]:
    """Read, and commit what isn't booked yet; an older reading may have ignored the event."""
    event, before, known = books.read_for(event)
    if known and arrival.delivery.reread and _is_corrected(event, known):
        event = _corrected(event)
        before, known = books.read(event.subject, event.event_id)
    if known and (isinstance(event, Ignored) or not known.is_ignored):
        if arrival.is_news:  # the alarm may have been missed
            _warn_of_excess(event.subject.subject_id, before.excess_minor)
        return Commit.REPEATED, known
    outcome, booked = _commit(event, before, known, arrival, books)
    if outcome is Commit.REPEATED:
        raise StaleWrite("another delivery of the event was first: read what it booked")
    return outcome, booked


def _commit(
    event: GatewayEvent | Ignored,
    before: SubjectState,
    ignored: BookedEvent | None,
    arrival: Arrival,
    books: Books,
) -> tuple[Commit, BookedEvent]:
    now, delivery = arrival.archived_at or clock.now(), arrival.delivery
    booked = BookedEvent(
        event_id=event.event_id,
        subject=event.subject,
        merchant_id=delivery.merchant_id,
        gateway_type=event.gateway_type,
        booked_at=_milliseconds(now),
        version=before.version,
        is_ignored=isinstance(event, Ignored),
        raw=arrival.raw,
        reading=reading_of(event),
        facts=(),
    )
    if ignored is not None:  # and whatever else its item holds stays
        booked = ignored.model_copy(update=dict(booked))
    if isinstance(event, Ignored):
        return books.keep_ignored(booked), booked
    context = BookingContext(
        merchant_id=delivery.merchant_id,
        booked_at=booked.booked_at,
        opened_at=delivery.opened_at,
        imported_until=delivery.imported_until,
    )
    after, facts = book(books.reopened(before, event), event, context)
    booked = booked.model_copy(update={"facts": facts, "version": after.version})
    outcome = books.commit(before, after, event, booked)
    if outcome is Commit.BOOKED and is_nearly_full(after):
        metrics.add_metric(name="PaymentNearlyFull", unit="Count", value=1)
        logger.warning("payment nearly full", payment_id=event.subject.subject_id)
    is_more = after.excess_minor > before.excess_minor
    if outcome is Commit.BOOKED and is_more and arrival.is_news:
        _warn_of_excess(event.subject.subject_id, after.excess_minor)
    return outcome, booked


def _warn_of_excess(payment_id: str, excess_minor: int) -> None:
    """More left a payment at the gateway than was captured: nobody here can refuse that."""
    if not excess_minor:
        return
    metrics.add_metric(name="RefundExcess", unit="Count", value=1)
    logger.warning("refund excess", payment_id=payment_id, excess_minor=excess_minor)


def _warn_of_reversals(booked: BookedEvent) -> None:
    """What was booked as captured isn't any more: goods may have been sent for it."""
    for fact in booked.facts:
        if isinstance(fact.data, PaymentReversed) and not fact.metadata.is_imported:
            metrics.add_metric(name="PaymentReversed", unit="Count", value=1)
            logger.warning("payment reversed", payment_id=fact.metadata.subject_id)


def _milliseconds(now: datetime) -> datetime:
    """Cut an instant to what the table keeps, so that publishing again publishes the same."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _is_corrected(event: GatewayEvent | Ignored, known: BookedEvent) -> bool:
    return not known.is_ignored and not is_booked_as_read(event, known)


def _corrected(event: GatewayEvent | Ignored) -> GatewayEvent | Ignored:
    """Name a corrected reading by what it says; the same correction again is a repetition."""
    digest = hashlib.sha256(event.model_dump_json().encode()).hexdigest()[:8]
    return event.model_copy(update={"event_id": f"{event.event_id}~{digest}"})


def _is_missed(booked: BookedEvent, delivery: Delivery) -> bool:
    """Tell whether it was pulled, and its webhook never came."""
    return delivery.origin == "pull" and not booked.event_id.startswith(FETCHED)


def _healed(booked: BookedEvent, origin: str) -> Healed:
    of = (booked.event_id, booked.subject, booked.merchant_id)
    return Healed(*of, origin, booked.gateway_type, booked.booked_at)


def _account(outcome: Commit, booked: BookedEvent, delivery: Delivery) -> None:
    """Log and count what became of an event; by type where we don't act on it."""
    if booked.is_ignored:
        counted_as = listed_type(delivery.gateway, booked.gateway_type)
        count_by("EventIgnored", "gateway_type", counted_as)
    if outcome is Commit.BOOKED and _is_missed(booked, delivery):
        metrics.add_metric(name="EventMissed", unit="Count", value=1)
    if outcome is Commit.BOOKED:
        _warn_of_reversals(booked)
    name = "EventRepeated" if outcome is Commit.REPEATED else "EventBooked"
    metrics.add_metric(name=name, unit="Count", value=1)
    logger.info(
        "event repeated" if outcome is Commit.REPEATED else "event booked",
        event_id=booked.event_id,
        gateway_type=booked.gateway_type,
        subject_id=booked.subject.subject_id,
        is_ignored=booked.is_ignored,
        facts=len(booked.facts),
        version=booked.version,
        origin=delivery.origin,
    )
