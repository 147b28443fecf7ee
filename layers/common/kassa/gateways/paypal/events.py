"""Read PayPal's events: what a webhook says is only an unverified notification; what PayPal answers
is believed.

What Kassa pulled or looked up itself came over its own connection and needs no reading back, with
one exception: an order that its buyer approved is captured by reading it back.
"""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.gateways.event_types import Outcome
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Ignored,
    Subject,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.parsing import Body, digest, parsed, part, text
from kassa.gateways.paypal import balance as transactions
from kassa.gateways.paypal import disputes, payments
from kassa.gateways.paypal.event_types import EVENT_TYPES
from kassa.gateways.paypal.parsing import (
    ANOTHERS,
    SubjectReports,
    happened_at,
    identifier,
    is_first_generation,
    is_of_another,
)

GATEWAY = "paypal"
_OF_ANOTHER = " (another merchant)"

_READERS: dict[str, Callable[[Body, datetime], SubjectReports | None]] = {
    "capture": payments.capture,
    "refund": payments.refund,
    "sale": payments.sale,
    "sale_refund": payments.sale_refund,
    "order": payments.order,
    "dispute": disputes.dispute,
    "reversal": disputes.reversal,
    "transaction": transactions.transaction,
}


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | UnverifiedNotification:
    """Name a PayPal event in our terms, or say what must be read back before it counts.

    Raises UnreadableEvent for bytes that are no event, so that they reach the DLQ.
    """
    envelope = _parsed(raw)
    try:
        return _read(envelope, raw, delivery)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"{envelope['event_type']}: {type(error).__name__}") from error


def confirmed(
    notification: UnverifiedNotification, answer: Body, delivery: Delivery
) -> GatewayEvent | Ignored:
    """Name what PayPal answered; nothing of what the webhook said about it is used."""
    event_id = notification.event_id
    # Without a name it is read anew each time: the same answer must then be the same event.
    if notification.name is None and not _is_own(delivery):
        event_id = f"{event_id}:{digest(answer)}"
    gateway_type = notification.gateway_type
    try:
        is_anothers = ANOTHERS in answer or is_of_another(answer, delivery.shop)
        reports = (
            None if is_anothers else _READERS[notification.reads](answer, delivery.received_at)
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableEvent(f"{notification.gateway_type}: {type(error).__name__}") from error
    if reports is None:
        gateway_type += _OF_ANOTHER if is_anothers else ""
        ignored = _ignored(gateway_type, event_id, notification.object_id, delivery)
        return ignored.model_copy(update={"happened_at": notification.happened_at})
    return _event(reports, gateway_type, event_id, delivery)


def _read(
    envelope: Body, raw: bytes, delivery: Delivery
) -> GatewayEvent | Ignored | UnverifiedNotification:
    gateway_type, resource = str(envelope["event_type"]), part(envelope, "resource")
    event_id = f"{envelope['id']}/{gateway_type}"  # PayPal has given one id to several types
    found = what(gateway_type, envelope, is_own=_is_own(delivery))
    not_ours = _not_ours(resource, delivery)
    if found is None or not_ours:
        suffix = not_ours if found else ""
        ignored = _ignored(gateway_type + suffix, event_id, _any_id(resource, envelope), delivery)
        at = happened_at(envelope, happened_at(resource, delivery.received_at))
        return ignored.model_copy(update={"happened_at": at})
    if _is_own(delivery) and _is_complete(found.reads, resource):
        reports = _READERS[found.reads](resource, delivery.received_at)
        if reports:
            own_id = str(envelope["id"]) if gateway_type.startswith("kassa.") else event_id
            return _event(reports, gateway_type, own_id, delivery)
    return UnverifiedNotification(
        event_id=event_id,
        gateway_type=gateway_type,
        happened_at=happened_at(envelope, happened_at(resource, delivery.received_at)),
        reads=found.reads,
        object_id=found.object_id,
        fallback_id=found.payment_id,
        name=delivery.delivery_id,
        digest=sha256(raw).hexdigest(),
    )


def _is_complete(reads: str, resource: Body) -> bool:
    """Return whether what was fetched says all: an order must be captured by reading it back."""
    if reads == "reversal":
        return disputes.is_complete_reversal(resource)
    return reads != "order"


def _is_own(delivery: Delivery) -> bool:
    """Return whether Kassa itself fetched it: a webhook always has its transmission's id."""
    if delivery.is_unverified or delivery.origin == "webhook":
        return False
    return delivery.origin in ("pull", "look_up") or delivery.delivery_id is None


def _not_ours(resource: Body, delivery: Delivery) -> str:
    """Return why an event isn't the account's, as its counted type says it; nothing if it is.

    Whose a webhook's object is, only the answer to reading it back shows.
    """
    if delivery.mode == "live" and "sandbox.paypal.com" in json.dumps(resource.get("links")):
        return " (not live mode)"
    is_anothers = _is_own(delivery) and is_of_another(resource, delivery.shop)
    return _OF_ANOTHER if is_anothers else ""


def _parsed(raw: bytes) -> Body:
    envelope = parsed(raw)
    for name in ("id", "event_type"):
        if not text(envelope.get(name)) or len(envelope[name]) > 200:
            raise UnreadableEvent(f"the event has no {name}")
    return envelope


def _event(
    reports: SubjectReports, gateway_type: str, event_id: str, delivery: Delivery
) -> GatewayEvent:
    return GatewayEvent(
        event_id=event_id,
        subject=_subject(reports.kind, reports.subject_id, delivery),
        gateway_type=gateway_type,
        happened_at=reports.object_reports[0].happened_at,
        object_reports=reports.object_reports,
        order_id=reports.order_id,
        customer_id=reports.customer_id,
        charge_reference=reports.charge_reference,
        recurring=reports.recurring,
        agreement_id=reports.agreement_id,
    )


def _ignored(gateway_type: str, event_id: str, object_id: str, delivery: Delivery) -> Ignored:
    return Ignored(
        event_id=event_id,
        subject=_subject(SubjectKind.OBJECT, object_id, delivery),
        gateway_type=gateway_type,
        happened_at=delivery.received_at,
    )


def _subject(kind: SubjectKind, subject_id: str, delivery: Delivery) -> Subject:
    return Subject(gateway=GATEWAY, account=delivery.account, kind=kind, subject_id=subject_id)


def _any_id(resource: Body, envelope: Body) -> str:
    return (text(resource.get("id")) or str(envelope["id"]))[:200]


OWN_TYPES = {"kassa.look_up", "kassa.balance_transaction"}  # what Kassa fetched itself

_OBJECTS = (  # by how an event's name begins; the first one decides
    ("PAYMENT.CAPTURE.REFUNDED", "refund"),
    ("PAYMENT.SALE.REFUNDED", "refund"),
    ("PAYMENT.REFUND.", "refund"),
    ("PAYMENT.CAPTURE.REVERSED", "reversal"),
    ("PAYMENT.SALE.REVERSED", "reversal"),
    ("PAYMENT.CAPTURE.", "capture"),
    ("PAYMENT.SALE.", "sale"),
    ("CHECKOUT.", "order"),
    ("CUSTOMER.DISPUTE.", "dispute"),
    ("RISK.DISPUTE.", "dispute"),
)


class Reads(NamedTuple):
    """What is read for an event, and under which id; of a reversal also whose it is."""

    reads: str
    object_id: str
    payment_id: str | None = None


def what(gateway_type: str, envelope: Body, is_own: bool) -> Reads | None:
    """Return what is read for an event; nothing for what we don't act on."""
    resource = part(envelope, "resource")
    if gateway_type in OWN_TYPES:
        return Reads(str(envelope.get("resource_type")), "") if is_own else None
    row = EVENT_TYPES.get(gateway_type)
    if row is None or row.outcome is not Outcome.BOOKED:
        return None
    if gateway_type == "RISK.DISPUTE.CREATED" and not text(resource.get("dispute_id")):
        return None  # deprecated, and reported without what it is about
    reads = next(reads for begin, reads in _OBJECTS if gateway_type.startswith(begin))
    if reads in ("capture", "refund") and is_first_generation(resource):
        reads = "sale" if reads == "capture" else "sale_refund"
    payment_id = disputes.reversed_payment(resource) if reads == "reversal" else None
    return Reads(reads, identifier(_id_of(reads, resource)), payment_id)


def _id_of(reads: str, resource: Body) -> object:
    if reads == "dispute":
        return resource.get("dispute_id")
    if reads == "order":
        return text(resource.get("order_id")) or resource.get("id")
    return resource.get("id")
