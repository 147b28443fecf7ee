"""Replay booked events into a shadow projection, and say how the books differ from it.

The shadow is in memory: each subject that the window touches is folded anew, whole, from the bytes
as they were archived, read by today's readers. Nothing is written, no gateway called. What
a gateway answered when an unverified notification was read back is read from the table.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from kassa.core import stored
from kassa.core.errors import (
    EventNotFound,
    InvalidSignature,
    UnknownGateway,
    UnreadableEvent,
    UnreadableItem,
)
from kassa.core.model import Model
from kassa.gateways import confirmations, read
from kassa.gateways.events import Delivery, GatewayEvent, Ignored, Subject, UnverifiedNotification
from kassa.ledger import raw_archive
from kassa.ledger.items import BookedEvent, gateway_event, reading_of
from kassa.ledger.lists.events import EventLists, History
from kassa.recovery.refolding import (
    Dated,
    Difference,
    DifferenceKind,
    differing_facts,
    differing_state,
    fold,
)

BATCHES_KEPT = 2_000  # archived batches at hand: a payment's events lie in several


class Window(Model):
    """Which booked events a replay is about: those from one instant until another."""

    begins_at: datetime
    ends_at: datetime
    gateway: str | None = None


class Touched(NamedTuple):
    """What a window touches: how many events of each gateway, and whose they are."""

    events: Counter[str]
    subjects: tuple[Subject, ...]


class Refolded(NamedTuple):
    """What folding one subject anew found."""

    events: int
    unread: (
        int  # whose bytes are no longer archived, or whose notification only the gateway can answer
    )
    differences: tuple[Difference, ...]


Read = GatewayEvent | Ignored | str | None  # str: why it can't be read; None: nothing to read


def touched(window: Window) -> Touched:
    """Count what a window touches; reads the index alone."""
    events, subjects = Counter[str](), dict[Subject, None]()
    for subject, _ in EventLists().between(window.begins_at, window.ends_at):
        if window.gateway in (None, subject.gateway):
            events[subject.gateway] += 1
            subjects[subject] = None
    return Touched(events, tuple(subjects))


class Shadow:
    """Folds subjects anew; what was read of the archive is kept for the next ones."""

    def __init__(self) -> None:
        self._messages = lru_cache(BATCHES_KEPT)(raw_archive.messages)
        self._opened_at: dict[tuple[str, str], datetime | None] = {}
        self._opened: dict[str, datetime | None] = {}  # of a subject's events

    def refolded(self, subject: Subject) -> Refolded:
        """Fold a subject's events as today's readers read them, and compare with the books."""
        try:
            history = EventLists().everything(subject)
        except (
            UnreadableItem,
            ValueError,
            KeyError,
            TypeError,
        ) as error:  # of an item that Kassa didn't write so
            return Refolded(0, 0, (_unreadable(subject, error),))
        in_order = sorted(history.events, key=_booking_order)
        self._opened.clear()
        again = {event.event_id: self._read(event) for event in in_order}
        differences = [
            difference
            for event in in_order
            for difference in _differing_reading(event, again[event.event_id], in_order)
        ]
        reread = {difference.concerns for difference in differences}
        chosen = [
            again[event.event_id] if event.event_id in reread else gateway_event(event)
            for event in in_order
        ]
        differences += self._folded(history, in_order, chosen)
        unread = sum(one is None for one in again.values())
        return Refolded(len(in_order), unread, tuple(differences))

    def _folded(
        self, history: History, in_order: list[BookedEvent], chosen: Sequence[Read]
    ) -> Iterable[Difference]:
        """Fold the events as they are chosen to be read, and compare facts and state."""
        events = [
            Dated(
                event.model_copy(update={"event_id": booked.event_id}),
                booked.booked_at,
                self._opened_at_of(booked),
            )
            for booked, event in zip(in_order, chosen, strict=True)
            if isinstance(event, GatewayEvent)
        ]
        subject = history.subject
        folded = fold(events, in_order[0].merchant_id if in_order else "")
        for booked in in_order:
            now = folded.facts.get(booked.event_id, ())
            yield from differing_facts(subject, booked.event_id, booked.facts, now)
        yield from differing_state(subject, history.state, history.headroom_minor, folded.state)

    def _opened_at_of(self, booked: BookedEvent) -> datetime | None:
        """Return when the books began for an event; of one no longer archived, for its account.

        What was imported began with its past (`kassa.monitoring.import_history`).
        """
        account = (booked.subject.gateway, booked.subject.account)
        return self._opened.get(booked.event_id, self._opened_at.get(account))

    def _read(self, booked: BookedEvent) -> Read:
        """Read an event's archived bytes again, without calling its gateway."""
        if booked.raw is None:
            return None
        key, _, line = booked.raw.rpartition("#")
        try:
            delivery = stored.read_text(Delivery, self._messages(key)[int(line)])
            self._opened_at[delivery.gateway, delivery.account] = delivery.opened_at
            self._opened[booked.event_id] = delivery.opened_at
            event = _as_read(delivery)
        except EventNotFound:
            return None
        except (UnreadableEvent, UnknownGateway, InvalidSignature) as error:
            return f"unreadable: {error}"
        return _as_booked(event, booked) if event else None


def _unreadable(subject: Subject, error: Exception) -> Difference:
    first_line = str(error).splitlines()[0]
    return Difference(
        kind=DifferenceKind.STATE,
        subject=subject,
        concerns=subject.subject_id,
        booked=f"unreadable: {type(error).__name__}, {first_line}",
        folded="-",
    )


def _as_read(delivery: Delivery) -> GatewayEvent | Ignored | None:
    event = read.read(raw_archive.body_of(delivery), delivery)
    if not isinstance(event, UnverifiedNotification):
        return event
    answer = confirmations.find(delivery, event) if event.name else None
    return read.confirmed(event, answer, delivery) if answer else None


def _as_booked(event: GatewayEvent | Ignored, booked: BookedEvent) -> GatewayEvent | Ignored:
    """Give an event what its reader can't know: its payment, and the customer of an order."""
    if isinstance(event, Ignored):
        return event
    reading = booked.reading
    ours = {name: reading[name] for name in _OF_ORDER} if reading.get("customer_from_order") else {}
    led = {"subject": booked.subject} if event.charge_reference else {}
    return event.model_copy(update=ours | led)


_OF_ORDER = ("customer_id", "customer_from_order")


def _differing_reading(
    booked: BookedEvent, again: Read, events: list[BookedEvent]
) -> Iterable[Difference]:
    """Compare a reading with today's, unless that stands beside it as its correction."""
    if again is None or booked.event_id.startswith("forged:"):
        return
    corrections = [one for one in events if one.event_id.startswith(f"{booked.event_id}~")]
    if not isinstance(again, str):
        readings = [(one.is_ignored, one.reading) for one in (booked, *corrections)]
        if (isinstance(again, Ignored), reading_of(again)) in readings:
            return
    yield Difference(
        kind=DifferenceKind.READING,
        subject=booked.subject,
        concerns=booked.event_id,
        booked="ignored" if booked.is_ignored else _spelled(booked.reading),
        folded=again if isinstance(again, str) else _reading(again),
    )


def _reading(event: GatewayEvent | Ignored) -> str:
    return "ignored" if isinstance(event, Ignored) else _spelled(reading_of(event))


def _spelled(reading: dict[str, object]) -> str:
    return json.dumps(reading, ensure_ascii=False, sort_keys=True)


def _booking_order(event: BookedEvent) -> tuple[int, bool, datetime, str]:
    """An event that raised the version comes before those that changed nothing after it."""
    return event.version, not event.facts, event.booked_at, event.event_id
