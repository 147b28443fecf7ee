"""Rebuild the books from the raw archive: every archived delivery is booked again, in its order.

Whatever stands already is left as it stands; ids are deterministic, so an event is booked once
however often its bytes were archived. Nothing is published, unless requested. What isn't in the
archive (orders, refund requests, keys, policies, mappings) isn't rebuilt, but read as it stands.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from botocore.exceptions import ClientError

from kassa.billing.drafts.keep_order import restore_link
from kassa.billing.numbering.record import VoidEntry
from kassa.billing.numbering.restore_numbers import bring_back, bring_void_back
from kassa.billing.receivables.restore_entries import restore_entries
from kassa.core import stored
from kassa.core.errors import KassaError, UnreadableItem
from kassa.gateways.events import Delivery
from kassa.ledger import raw_archive
from kassa.ledger.book_event import Arrival, book_silently
from kassa.ledger.raw_archive import Batch
from kassa.ledger.store import Books, Commit
from kassa.platform import clock, documents
from kassa.platform.messaging import event_bus

MESSAGE_S = 60.0  # how long others may keep winning the race for one payment


Moment = tuple[Batch, ...]  # the batches of one second: S3 counts no finer


class Rebuilt(NamedTuple):
    """What became of a moment's messages."""

    booked: int
    repeated: int
    failed: tuple[str, ...]  # which, by its place in the archive, and why


class Message(NamedTuple):
    """A message as it was archived, and when it came in, as far as it says so."""

    received_at: datetime
    archived_at: datetime
    raw: str
    text: str


def moments(day: date) -> list[Moment]:
    """Return the batches archived on a UTC day, second by second, the oldest first."""
    by_second = groupby(raw_archive.batches(day), key=lambda batch: batch.archived_at)
    return [tuple(batches) for _, batches in by_second]


class Rebuilding:
    """Books archived batches again; remembers which messages it has booked."""

    def __init__(self, publishes: bool = False) -> None:
        self._books, self._publishes = Books(), publishes
        self._done: set[bytes] = set()

    def book(self, moment: Moment) -> Rebuilt:
        """Book a moment's messages; what can't be booked is named and stops nothing.

        Within a second they are booked as they came in: a webhook before the gateway's list that
        reports the same event once more.
        """
        counts, failed = Counter[bool](), list[str]()
        for message in sorted(one for batch in moment for one in _messages(batch)):
            digest = hashlib.sha256(message.text.encode()).digest()
            if digest in self._done:
                counts[False] += 1
                continue
            try:
                counts[self._booked(message)] += 1
            except (KassaError, ClientError, ValueError) as error:
                failed.append(f"{message.raw}: {type(error).__name__}")
                continue
            self._done.add(digest)
        return Rebuilt(counts[True], counts[False], tuple(failed))

    def _booked(self, message: Message) -> bool:
        begun = clock.now()
        delivery = stored.read_text(Delivery, message.text)
        arrival = Arrival(delivery, message.raw, message.archived_at)
        outcome, booked = book_silently(
            arrival, self._books, lambda: MESSAGE_S - (clock.now() - begun).total_seconds()
        )
        if self._publishes:
            event_bus.publish(booked.facts)
        return outcome is Commit.BOOKED


def _messages(batch: Batch) -> Iterator[Message]:
    for number, text in enumerate(raw_archive.messages(batch.key)):
        try:
            received_at = stored.read_text(Delivery, text).received_at
        except UnreadableItem:  # it will be named when it is booked
            received_at = batch.archived_at
        yield Message(received_at, batch.archived_at, f"{batch.key}#{number}", text)


def bring_invoices_back() -> Iterator[str]:
    """Put back lost numbers with links, voids and what became of invoices; yields each lost number.

    Raises Conflict where another document has taken a lost one's number.
    """
    for record in documents.records():
        if lost := bring_back(record):
            restore_link(record)
            yield lost
    restore_entries(documents.records("entry.json"))
    for void in sorted(documents.records("void.json"), key=_position):
        bring_void_back(void)


def _position(void: bytes) -> int:
    return stored.read_text(VoidEntry, void).position
