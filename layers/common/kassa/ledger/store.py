"""The books: events with their facts and postings, and the state they fold into.

One event, one commit: the event if it is absent, and the subject's state on the version that was
read, in one transaction. "Seen" can never be true without its effects.
"""

from datetime import datetime
from enum import Enum, auto
from typing import Any

from botocore.exceptions import ClientError

from kassa.core import stored
from kassa.core.errors import StaleWrite, UnreadableItem
from kassa.gateways.events import GatewayEvent, Ignored, ObjectKind, Subject, SubjectKind
from kassa.ledger.compaction import close, reopen
from kassa.ledger.items import (
    BookedEvent,
    booked_event,
    closed_objects,
    event_item,
    kept_object,
    kept_objects,
    list_place,
    partition,
    spelled,
    subject_named,
    subject_state,
)
from kassa.ledger.objects import LISTED, ObjectState
from kassa.ledger.state import KNOWN, SubjectState
from kassa.orders import keys as order_keys
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

# An event may be booked anew only where an older reading of it was ignored.
_ABSENT = "attribute_not_exists(PK) OR attribute_exists(is_ignored)"


class Commit(Enum):
    """What became of a commit."""

    BOOKED = auto()
    REPEATED = auto()  # another delivery of the event was first


class Books:
    """Reads and writes of the one writer of payments and postings."""

    def read(self, subject: Subject, event_id: str) -> tuple[SubjectState, BookedEvent | None]:
        """Read a subject's state and one of its events, consistently, in one call."""
        state, known, _ = _read(subject, event_id)
        return state, known

    def read_for(
        self, event: GatewayEvent | Ignored
    ) -> tuple[GatewayEvent | Ignored, SubjectState, BookedEvent | None]:
        """Read what an event is booked on, in one call; the event comes back with its customer.

        Where Kassa itself opened the order that an event names, that order says whose it is,
        whatever the gateway says or leaves out. It is kept with the event, so that folding the
        events again ends in the same state.
        """
        order_id = getattr(event, "order_id", None)
        sent = order_keys.order_content(settings().merchant_id, order_id) if order_id else None
        state, known, order = _read(event.subject, event.event_id, sent)
        if "customer_id" in order and isinstance(event, GatewayEvent):
            ours = str(order["customer_id"])
            theirs = event.customer_id if event.customer_id != ours else None
            customer = {"customer_id": ours, "customer_from_order": True}
            event = event.model_copy(update=customer | {"gateway_customer_id": theirs})
        return event, state, known

    def reopened(self, state: SubjectState, event: GatewayEvent) -> SubjectState:
        """Return a state with those of its closed objects in view that an event is about.

        Raises UnreadableItem where a newer release keeps one of them in its own form: the event
        is that release's to book.
        """
        if own := sorted({one.object_id for one in event.object_reports} & state.unknown.keys()):
            raise UnreadableItem(f"{', '.join(own)}: kept in values that this release doesn't know")
        if not state.closed.count:
            return state
        of_subject = partition(event.subject)
        absent = {one.object_id for one in event.object_reports} - state.objects.keys()
        found = table.get_all([keys.closed_object(of_subject, one) for one in sorted(absent)])
        return reopen(state, closed_objects(found.values()))

    def payment_of(self, gateway: str, account: str, object_id: str) -> str | None:
        """Return the payment that an object of the gateway's belongs to, if it was ever named."""
        item = table.get(keys.alias(gateway, account, object_id))
        return str(item["payment_id"]) if item else None

    def keep_ignored(self, booked: BookedEvent) -> Commit:
        """Keep an event that changes nothing, once."""
        put = table.write("put_item", **_put(event_item(booked)))
        return Commit.BOOKED if put is not None else Commit.REPEATED

    def commit(
        self, before: SubjectState, after: SubjectState, event: GatewayEvent, booked: BookedEvent
    ) -> Commit:
        """Write the event and the state that it led to, both or neither.

        Where the state has grown long, its oldest settled objects get items of their own.

        Raises StaleWrite when another event of the subject was committed since `before` was
        read; read again and join again.
        """
        if after.version == before.version:  # nothing rose: the event alone is news
            return self.keep_ignored(booked)
        after, leaving = close(after)
        begun = {} if before.version else list_place(booked.subject, booked.booked_at)
        writes = [
            {"Put": _put(event_item(booked) | begun)},
            {"Update": _update(before, after, event, booked)},
        ]
        writes += [{"Update": _closed(event.subject, *one)} for one in leaving.items()]
        writes += [{"Update": alias} for alias in _aliases(before, after, event.subject)]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=writes)
        except ClientError as error:
            if not table.is_cancelled(error):
                raise
            return _refused(error)
        return Commit.BOOKED


def _read(
    subject: Subject, event_id: str, of_order: keys.Key | None = None
) -> tuple[SubjectState, BookedEvent | None, table.Item]:
    of_state = keys.state(partition(subject))
    of_event = keys.event(partition(subject), event_id)
    found = table.get_all([of_state, of_event, *([of_order] if of_order else [])])
    known, order = found.get(of_event), found.get(of_order, {}) if of_order else {}
    return subject_state(found.get(of_state)), booked_event(known) if known else None, order


def _refused(error: ClientError) -> Commit:
    of_event, of_state, *_ = table.reasons(error)
    if of_event == "ConditionalCheckFailed":
        return Commit.REPEATED
    if "ConditionalCheckFailed" in of_state or "TransactionConflict" in table.reasons(error):
        raise StaleWrite("the subject's state has moved on") from error
    raise error


def _put(item: table.Item) -> dict[str, Any]:
    return {
        "TableName": settings().table_name,
        "Item": table.typed(item),
        "ConditionExpression": _ABSENT,
    }


def _closed(subject: Subject, object_id: str, known: ObjectState) -> dict[str, Any]:
    """Keep a closed object; one that was in view since it was closed first stands anew."""
    key = keys.closed_object(partition(subject), object_id)
    sets = {"object_id": object_id, "object": kept_object(known)}
    return {"TableName": settings().table_name, **table.setting(key, sets)}


def _update(
    before: SubjectState, after: SubjectState, event: GatewayEvent, booked: BookedEvent
) -> dict[str, Any]:
    """Update the fold's own attributes; of reservations only those go that were consumed."""
    sets, removes = _changes(before, after, event, booked)
    names = {f"#{name}": name for name in [*sets, *removes, "version", "headroom"]}
    consumed = sorted(before.reservations.keys() - after.reservations.keys())
    gone = [f"#{name}" for name in removes]
    gone += [f"#reservations.#consumed{n}" for n, _ in enumerate(consumed)]
    names |= {f"#consumed{n}": name for n, name in enumerate(consumed)}
    names |= {"#reservations": "reservations"} if consumed else {}
    changes = [f"#{name} = :{name}" for name in sets]
    changes.append("#headroom = if_not_exists(#headroom, :zero) + :headroom_change")
    expression = "SET " + ", ".join([*changes, "#version = :next"])
    if gone:
        expression += " REMOVE " + ", ".join(gone)
    values = {f":{name}": value for name, value in sets.items()} | {
        ":zero": 0,
        ":headroom_change": after.counted_minor - before.counted_minor,
        ":next": after.version,
    }
    condition = "attribute_not_exists(PK)"
    if before.version:
        condition, values[":read"] = "#version = :read", before.version
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.state(partition(booked.subject))),
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": table.typed(values),
    }


def _changes(
    before: SubjectState, after: SubjectState, event: GatewayEvent, booked: BookedEvent
) -> tuple[dict[str, Any], list[str]]:
    """Return the attributes to set and to remove; GSI1's are set once and never change."""
    subject = booked.subject
    sets: dict[str, Any] = {"objects": kept_objects(after)}
    if after.closed != before.closed:
        sets["closed"] = stored.plain(after.closed)
    for name in (*KNOWN, "customer_id", "customer_from_order"):
        if getattr(after, name) != getattr(before, name):
            sets[name] = getattr(after, name)
    if not before.version:
        sets["merchant_id"] = booked.merchant_id
        sets["subject"] = subject_named(subject)
        sets["reservations"] = {}  # approve_refund adds to it, under its own names
        sets["begun_at"] = spelled(booked.booked_at)
    theirs = event.gateway_customer_id if after.customer_from_order else after.customer_id
    if theirs and not before.customer_id:
        listed = booked.booked_at.isoformat()
        sets["GSI1PK"] = keys.customer(subject.gateway, subject.account, theirs)
        sets["GSI1SK"] = keys.listed(listed, subject.subject_id)
    begun_at = before.begun_at if before.version else booked.booked_at
    was = _queue(before, booked, begun_at) if before.version else {}
    stands = _queue(after, booked, begun_at)
    sets |= {name: at for name, at in stands.items() if was.get(name) != at}
    return sets, sorted(was.keys() - stands.keys())


def _queue(state: SubjectState, booked: BookedEvent, begun_at: datetime | None) -> dict[str, str]:
    """Return which list of GSI2 a state stands in: what waits, or its day's of its status."""
    if not state.waiting:
        status = state.status
        is_listed = status in LISTED and booked.subject.kind is SubjectKind.PAYMENT
        return list_place(booked.subject, begun_at, status) if is_listed else {}
    since = keys.to_the_second(booked.booked_at)
    listed = keys.listed(since, booked.subject.subject_id)
    return {"GSI2PK": keys.WAITING, "GSI2SK": listed, "waiting_since": since}


def _aliases(before: SubjectState, after: SubjectState, subject: Subject) -> list[dict[str, Any]]:
    """Lead from each newly named charge to its payment, and from its order once that is known."""
    if subject.kind is not SubjectKind.PAYMENT:
        return []
    known = before.objects if before.order_id == after.order_id else {}
    named = [charge for charge in after.of(ObjectKind.CHARGE) if charge not in known]
    return [
        {"TableName": settings().table_name, **_alias(subject, charge_id, after.order_id)}
        for charge_id in named
        if charge_id != subject.subject_id or after.order_id
    ]


def _alias(subject: Subject, charge_id: str, order_id: str | None) -> dict[str, Any]:
    """Lead from a charge to its payment; written again, the same whoever writes it."""
    sets = {"payment_id": subject.subject_id}
    if order_id:
        sets["GSI1PK"] = keys.order(subject.gateway, subject.account, order_id)
        sets["GSI1SK"] = subject.subject_id
    return table.setting(keys.alias(subject.gateway, subject.account, charge_id), sets)
