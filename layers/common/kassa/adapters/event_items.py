"""How an event, its facts and a subject's state look as table items; alone knows their shape.

An item over 1 KB costs twice as much in a transaction, so the reading and the facts are compact
JSON that leaves out what the item says beside it.
"""

import json
from collections.abc import Iterable
from typing import Any

from kassa.adapters import keys
from kassa.adapters.table import Item
from kassa.domain.events import GatewayEvent, Ignored, Subject
from kassa.domain.facts import FACT_DATA, Fact, FactMetadata
from kassa.domain.ledger import Posting
from kassa.domain.model import Instant, Model
from kassa.domain.objects import ClosedObjects, ObjectState
from kassa.domain.payments import SubjectState

_COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


class BookedEvent(Model):
    """An event as it stands in the table, with the facts it made true."""

    event_id: str
    subject: Subject
    merchant_id: str
    gateway_type: str
    booked_at: Instant
    version: int
    is_ignored: bool
    raw: str | None  # where its exact bytes are archived: "<key>#<line>"
    reading: dict[str, Any]
    facts: tuple[Fact, ...]


def partition(subject: Subject) -> str:
    """Return the table partition of a subject."""
    return keys.subject(subject.kind, subject.gateway, subject.account, subject.subject_id)


def subject_named(subject: Subject) -> list[str]:
    """Return a subject's four names, as items keep them."""
    return [subject.kind.value, subject.gateway, subject.account, subject.subject_id]


def subject_of(item: Item) -> Subject:
    """Return whose an item is."""
    kind, gateway, account, subject_id = item["subject"]
    return Subject(gateway=gateway, account=account, kind=kind, subject_id=subject_id)


def event_item(booked: BookedEvent) -> Item:
    """Return an event's item, with its postings inside its facts."""
    at = booked.booked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    subject = booked.subject
    pk, sk = keys.event(partition(subject), booked.event_id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "GSI1PK": keys.booked(at[:10], keys.shard(booked.event_id)),
        "GSI1SK": keys.listed(at, booked.event_id),
        "event_id": booked.event_id,
        "subject": subject_named(subject),
        "merchant_id": booked.merchant_id,
        "gateway_type": booked.gateway_type,
        "booked_at": at,
        "version": booked.version,
        "reading": json.dumps(booked.reading, **_COMPACT),  # type: ignore[arg-type]
    }
    if booked.facts:
        item["facts"] = json.dumps([_kept(fact) for fact in booked.facts], **_COMPACT)  # type: ignore[arg-type]
    if booked.is_ignored:
        item["is_ignored"] = True
    if booked.raw:
        item["raw"] = booked.raw
    return item


def reading_of(event: GatewayEvent | Ignored) -> dict[str, Any]:
    """Return what an event said, without what its item says beside it."""
    beside = {"event_id", "subject", "gateway_type"}
    kept: dict[str, Any] = event.model_dump(mode="json", exclude=beside, exclude_defaults=True)
    return kept


def gateway_event(booked: BookedEvent) -> GatewayEvent | None:
    """Return an event as it was read when it was booked; none of one that was ignored."""
    if booked.is_ignored:
        return None
    named = {
        "event_id": booked.event_id,
        "subject": booked.subject,
        "gateway_type": booked.gateway_type,
    }
    return GatewayEvent.model_validate(booked.reading | named)


def booked_event(item: Item) -> BookedEvent:
    """Return an event from its item."""
    booked = BookedEvent(
        event_id=item["event_id"],
        subject=subject_of(item),
        merchant_id=item["merchant_id"],
        gateway_type=item["gateway_type"],
        booked_at=item["booked_at"],
        version=int(item["version"]),
        is_ignored=bool(item.get("is_ignored")),
        raw=item.get("raw"),
        reading=json.loads(item["reading"]),
        facts=(),
    )
    facts = tuple(_told(kept, booked) for kept in json.loads(item.get("facts", "[]")))
    return booked.model_copy(update={"facts": facts})


def _kept(fact: Fact) -> list[Any]:
    data = fact.data.model_dump(mode="json", exclude={"postings"}, exclude_none=True)
    postings = [
        [p.kind, p.source, p.destination, p.amount.amount_minor, p.amount.currency]
        for p in fact.data.postings
    ]
    beside = f"{fact.metadata.subject_id}:{fact.data.object_id}:"
    return [fact.metadata.fact_id.removeprefix(beside), data, postings]


def _told(kept: list[Any], booked: BookedEvent) -> Fact:
    name, said, moved = kept
    object_id, subject = said["object_id"], booked.subject
    postings = tuple(
        Posting.model_validate(
            {
                "object_id": object_id,
                "kind": kind,
                "source": source,
                "destination": destination,
                "amount": {"amount_minor": amount_minor, "currency": currency},
            }
        )
        for kind, source, destination, amount_minor, currency in moved
    )
    metadata = FactMetadata(
        fact_id=f"{subject.subject_id}:{object_id}:{name}",
        event_id=booked.event_id,
        merchant_id=booked.merchant_id,
        gateway=subject.gateway,
        account=subject.account,
        subject_kind=subject.kind,
        subject_id=subject.subject_id,
        version=booked.version,
        booked_at=booked.booked_at,
    )
    return Fact(metadata=metadata, data=FACT_DATA.validate_python(said | {"postings": postings}))


def subject_state(item: Item | None) -> SubjectState:
    """Return a subject's state from its item; a subject never seen has none yet."""
    if item is None:
        return SubjectState()
    objects = {
        object_id: ObjectState.model_validate(known) for object_id, known in item["objects"].items()
    }
    return SubjectState(
        closed=ClosedObjects.model_validate(item.get("closed", {})),
        version=int(item["version"]),
        objects=objects,
        order_id=item.get("order_id"),
        customer_id=item.get("customer_id"),
        customer_from_order=bool(item.get("customer_from_order")),
        language=item.get("language"),
        reservations={asked: int(held) for asked, held in item.get("reservations", {}).items()},
        refunded_lines={
            refund_request_id: {line: int(quantity) for line, quantity in lines.items()}
            for refund_request_id, lines in item.get("refunded_lines", {}).items()
        },
    )


def kept_objects(state: SubjectState) -> dict[str, Any]:
    """Return a state's objects as the table keeps them, under short names."""
    return {object_id: _kept_object(known) for object_id, known in state.objects.items()}


def closed_object_item(subject: Subject, object_id: str, known: ObjectState) -> Item:
    """Return the item of a settled object that leaves its payment's."""
    pk, sk = keys.closed_object(partition(subject), object_id)
    return {"PK": pk, "SK": sk, "object_id": object_id, "object": _kept_object(known)}


def closed_objects(items: Iterable[Item]) -> dict[str, ObjectState]:
    """Return settled objects from their items."""
    return {str(one["object_id"]): ObjectState.model_validate(one["object"]) for one in items}


def _kept_object(known: ObjectState) -> dict[str, Any]:
    return known.model_dump(mode="json", by_alias=True, exclude_defaults=True)
