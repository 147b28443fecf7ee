"""Erase what gateways sent of a person: bodies go, what they were read as stays.

What belongs to their payments is known by the books. The rest (a gateway's note that somebody has a
new address, which leads to nothing here) is found by looking through the archive, day by day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from kassa.core.errors import EventNotFound, KassaError
from kassa.gateways import read
from kassa.gateways.events import Delivery, ErasedBody, GatewayEvent, Ignored
from kassa.ledger import raw_archive
from kassa.ledger.items import BookedEvent, booked_event
from kassa.ledger.raw_archive import Archived
from kassa.platform import keys, table
from kassa.privacy.erasure import names

OF_EVENTS = keys.EVENT


def erase_of_payment(of_payment: str) -> int:
    """Erase the bodies of all events of a payment, by its partition; return how many there were."""
    by_batch: dict[str, dict[int, BookedEvent]] = defaultdict(dict)
    for booked in events_of(of_payment):
        key, _, line = (booked.raw or "").rpartition("#")
        if key:
            by_batch[key][int(line)] = booked
    return sum(_erase_known(key, known) for key, known in by_batch.items())


def events_of(of_payment: str) -> Iterator[BookedEvent]:
    """Yield a payment's events as they were booked."""
    pages = table.pages(
        KeyConditionExpression="PK = :payment AND begins_with(SK, :event)",
        ExpressionAttributeValues=table.typed({":payment": of_payment, ":event": OF_EVENTS}),
        ConsistentRead=True,
    )
    for page in pages:
        yield from map(booked_event, page)


def erase_of_day(day: date, marks: frozenset[str]) -> int:
    """Erase every body of a day that names a person by one of their marks; return how many."""
    if not marks:
        return 0
    return sum(_erase_marked(batch.key, marks) for batch in raw_archive.batches(day))


def _erase_known(key: str, known: Mapping[int, BookedEvent]) -> int:
    batch = raw_archive.archived(key)
    if batch is None:
        return 0
    erased: dict[int, ErasedBody] = {}
    for line, booked in known.items():
        delivery = batch.deliveries[line]
        body = _body(batch, line)
        if delivery is not None and body is not None:
            event = booked.reading | _named(booked)
            erased[line] = ErasedBody(
                sha256=sha256(body).hexdigest(), event=event, is_ignored=booked.is_ignored
            )
    return _erased(batch, erased)


def _erase_marked(key: str, marks: frozenset[str]) -> int:
    batch = raw_archive.archived(key)
    if batch is None:
        return 0
    erased: dict[int, ErasedBody] = {}
    for line, delivery in enumerate(batch.deliveries):
        body = _body(batch, line)
        if body is not None and names(body, marks):
            erased[line] = _as_read(delivery, body)
    return _erased(batch, erased)


def _erased(batch: Archived, erased: Mapping[int, ErasedBody]) -> int:
    if erased:
        raw_archive.erase(batch, erased)
    return len(erased)


def _body(batch: Archived, line: int) -> bytes | None:
    """Return what stands in a line; nothing where it was erased before, or is dropped."""
    delivery = batch.deliveries[line]
    if delivery is None:
        text = batch.lines[line]
        return None if '\\"erased\\"' in text else text.encode()
    if delivery.erased is not None:
        return None
    try:
        return raw_archive.body_of(delivery)
    except EventNotFound:
        return None


def _as_read(delivery: Delivery | None, body: bytes) -> ErasedBody:
    """Return what is left of a body: what it is read as, where that takes no asking anybody."""
    digest = sha256(body).hexdigest()
    if delivery is None:
        return ErasedBody(sha256=digest)
    try:
        event = read.read(body, delivery)
    except (KassaError, ValueError, KeyError, TypeError):
        return ErasedBody(sha256=digest)
    if not isinstance(event, GatewayEvent | Ignored):
        return ErasedBody(sha256=digest)
    dumped: dict[str, Any] = event.model_dump(mode="json", exclude_defaults=True)
    return ErasedBody(sha256=digest, event=dumped, is_ignored=isinstance(event, Ignored))


def _named(booked: BookedEvent) -> dict[str, Any]:
    return {
        "event_id": booked.event_id,
        "subject": booked.subject.model_dump(mode="json"),
        "gateway_type": booked.gateway_type,
    }
