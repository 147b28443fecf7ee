"""How an event, its facts and a subject's state look as table items; alone knows their shape.

An item over 1 KB costs twice as much in a transaction, so the reading and the facts are compact
JSON that leaves out what the item holds beside it.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.model import Instant, Model
from kassa.core.postings import Posting
from kassa.gateways.events import GatewayEvent, Ignored, Subject, SubjectKind
from kassa.gateways.states import RANKS
from kassa.ledger.facts import LedgerFact
from kassa.ledger.objects import ClosedObjects, ObjectState
from kassa.ledger.state import KNOWN, SubjectState
from kassa.platform import keys, table
from kassa.platform.table import Item

NEWEST = 25  # payments that tell whose a card is
_STATES = {str(kind): frozenset(states) for kind, states in RANKS.items()}
_INDEXED = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
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
    facts: tuple[LedgerFact, ...]


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
    at = spelled(booked.booked_at)
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
    return item | (booked.model_extra or {})


def list_place(subject: Subject, begun_at: datetime | None, status: str | None = None) -> Item:
    """Return where a payment stands in its day's list, or in that of those that stand like it.

    What is no payment stands in none, nor does what was begun before there were such lists.
    """
    if begun_at is None or subject.kind is not SubjectKind.PAYMENT:
        return {}
    at = spelled(begun_at)
    listed = keys.listed(at, partition(subject))
    return {"GSI2PK": keys.payments_of(at[:10], status), "GSI2SK": listed}


def spelled(booked_at: datetime) -> str:
    """Return when something was booked, as items keep it."""
    return booked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reading_of(event: GatewayEvent | Ignored) -> dict[str, Any]:
    """Return what an event reported, without what its item holds beside it."""
    beside = {"event_id", "subject", "gateway_type", "gateway_customer_id"}
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
    return stored.read(GatewayEvent, booked.reading | named)


def is_booked_as_read(event: GatewayEvent | Ignored, known: BookedEvent) -> bool:
    """Tell whether an event reads as it was booked, as far as this release can read that."""
    named = {"event_id": known.event_id, "subject": known.subject}
    try:
        was = stored.read(
            GatewayEvent, known.reading | named | {"gateway_type": known.gateway_type}
        )
    except UnreadableItem:  # a newer release has read it, and knows better
        return True
    return reading_of(was) == reading_of(event)


def booked_event(item: Item) -> BookedEvent:
    """Return an event from its item; raise UnreadableItem for values of a newer release."""
    parsed = {
        "subject": subject_of(item),
        "is_ignored": bool(item.get("is_ignored")),
        "raw": item.get("raw"),
        "reading": json.loads(item["reading"]),
        "facts": (),
    }
    attributes = {name: value for name, value in item.items() if name not in _INDEXED}
    booked = stored.read(BookedEvent, attributes | parsed)
    facts = tuple(_fact(kept, booked) for kept in json.loads(item.get("facts", "[]")))
    return booked.model_copy(update={"facts": facts})


def _kept(fact: LedgerFact) -> list[Any]:
    data = stored.plain(fact.data, exclude={"postings"}, exclude_none=True)
    beside = f"{fact.metadata.subject_id}:{fact.data.object_id}:"
    name, more = fact.metadata.fact_id.removeprefix(beside), dict(fact.metadata.model_extra or {})
    if fact.metadata.is_imported:
        more["is_imported"] = True
    return [name, data, list(map(_kept_posting, fact.data.postings)), *([more] if more else [])]


def _kept_posting(posting: Posting) -> list[Any]:
    """Return a posting as a short list; what a newer release keeps beside comes last, by name."""
    money, more = posting.amount, dict(posting.model_extra or {})
    if money.model_extra:
        more["amount"] = money.model_extra
    kept = [posting.kind, posting.source, posting.destination, money.amount_minor, money.currency]
    return [*kept, *([more] if more else [])]


def _fact(kept: list[Any], booked: BookedEvent) -> LedgerFact:
    name, fields, moved, *more = kept
    object_id, subject = fields["object_id"], booked.subject
    metadata = {
        "fact_id": f"{subject.subject_id}:{object_id}:{name}",
        "event_id": booked.event_id,
        "merchant_id": booked.merchant_id,
        "gateway": subject.gateway,
        "account": subject.account,
        "subject_kind": subject.kind,
        "subject_id": subject.subject_id,
        "version": booked.version,
        "booked_at": booked.booked_at,
    }
    data = fields | {"postings": [_posting(object_id, *one) for one in moved]}
    return stored.read(LedgerFact, {"metadata": dict(*more) | metadata, "data": data})


def _posting(object_id: str, *kept: Any) -> dict[str, Any]:
    kind, source, destination, amount_minor, currency, *more = kept
    newer = dict(*more)
    amount = newer.get("amount", {}) | {"amount_minor": amount_minor, "currency": currency}
    moved = {"kind": kind, "source": source, "destination": destination, "amount": amount}
    return newer | moved | {"object_id": object_id}


def subject_state(item: Item | None) -> SubjectState:
    """Return a subject's state from its item; a subject never seen has none yet."""
    if item is None:
        return SubjectState()
    kept = item["objects"].items()
    objects = {object_id: _object(one) for object_id, one in kept if _is_known(one)}
    return SubjectState(
        closed=stored.read(ClosedObjects, item.get("closed", {})),
        unknown={object_id: one for object_id, one in kept if object_id not in objects},
        version=int(item["version"]),
        objects=objects,
        **{name: item.get(name) for name in KNOWN},
        begun_at=item.get("begun_at"),
        customer_id=item.get("customer_id"),
        customer_from_order=bool(item.get("customer_from_order")),
        reservations={
            submission_id: int(held) for submission_id, held in item.get("reservations", {}).items()
        },
        refunded_lines={
            refund_request_id: {line: int(quantity) for line, quantity in lines.items()}
            for refund_request_id, lines in item.get("refunded_lines", {}).items()
        },
    )


def read_state(subject: Subject) -> SubjectState:
    """Return how a subject stands, consistently."""
    return subject_state(table.get(keys.state(partition(subject))))


def read_newest(subject: Subject, customer_id: str) -> list[SubjectState]:
    """Return how a gateway's customer's newest payments stand, the newest first.

    `subject` is anything at the same gateway account.
    """
    listed, _ = table.query(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :customer",
        ExpressionAttributeValues=table.typed(
            {":customer": keys.customer(subject.gateway, subject.account, customer_id)}
        ),
        ScanIndexForward=False,
        Limit=NEWEST,
    )
    places = [keys.Key(entry["PK"], entry["SK"]) for entry in listed]
    found = table.get_all(places)
    return [subject_state(found[one]) for one in places if one in found]


def kept_objects(state: SubjectState) -> dict[str, Any]:
    """Return a state's objects as the table keeps them, under short names."""
    ours = {object_id: kept_object(known) for object_id, known in state.objects.items()}
    return state.unknown | ours


def closed_objects(items: Iterable[Item]) -> dict[str, ObjectState]:
    """Return settled objects from their items."""
    return {str(one["object_id"]): _object(one["object"]) for one in items}


def kept_object(known: ObjectState) -> dict[str, Any]:
    """Return an object as the table keeps it, under short names."""
    return stored.plain(known, by_alias=True, exclude_defaults=True)


def _object(kept: dict[str, Any]) -> ObjectState:
    if not _is_known(kept):
        raise UnreadableItem(f"this release knows no object {kept.get('k')} {kept.get('s')}")
    return stored.read(ObjectState, kept)


def _is_known(kept: dict[str, Any]) -> bool:
    """Tell whether this release knows what an object is and how it stands."""
    return kept.get("s") in _STATES.get(str(kept.get("k")), ())
