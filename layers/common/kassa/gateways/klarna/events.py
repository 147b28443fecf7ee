"""Read what Klarna says: signed webhooks, unverified notifications to read back, and what was read
or pulled.

A signed webhook is believed where it holds what booking needs, and else read back. Its identity
is its id, its type and its object: Klarna gives one id to several events. What is acted on is read
strictly; whatever else is signed is counted, in whatever form it comes (`event_types.py`).
"""

from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.event_types import Outcome, outcome_of
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Ignored,
    ObjectReport,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.klarna import balance as settlements
from kassa.gateways.klarna import disputes
from kassa.gateways.klarna import payments as orders
from kassa.gateways.klarna.parsing import (
    FRAME,
    GATEWAY,
    identifier,
    instant,
    is_identifier,
    subject,
    text,
    type_name,
)
from kassa.gateways.parsing import Body, digest, parsed, part

DISPUTE = "payment.dispute."
PAYMENT = "payment."
_ERRORS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)  # pydantic's are Values


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | UnverifiedNotification:
    """Name what Klarna says in our own terms; raise UnreadableEvent for what is no event.

    What stands in a frame of our own is never believed of a webhook, unless it is the notification
    that intake made of a callback.
    """
    body = parsed(raw, parse_float=float)  # no amount: those are whole
    frame = body.get(FRAME)
    try:
        if frame == "callback" or delivery.is_unverified:
            return _callback(body, delivery)
        if frame is not None and delivery.origin != "webhook":
            return _framed(body, delivery)
        return _webhook(body, delivery)
    except _ERRORS as error:
        raise UnreadableEvent(f"klarna: {type(error).__name__}") from error


def confirmed(
    notification: UnverifiedNotification, answer: Body, delivery: Delivery
) -> GatewayEvent | Ignored:
    """Name what Klarna answered when an unverified notification was read back; what isn't paid is
    ignored.
    """
    try:
        if notification.reads == "dispute":
            return disputes.dispute_state(answer, delivery, "dispute")
        if "order_id" in answer and "purchase_currency" in answer:
            return orders.order_event(answer, delivery, "order")
        status = str(answer.get("status")).lower()
        name = f"session:{notification.object_id}:{status}"
        return _ignored(
            delivery, name, notification.object_id, f"session.{status}", notification.happened_at
        )
    except _ERRORS as error:
        raise UnreadableEvent(f"klarna: {type(error).__name__}") from error


def _callback(body: Body, delivery: Delivery) -> UnverifiedNotification:
    """Return what to read back; the checkout before the order: it alone is ours by its token."""
    reads = "session" if "session_id" in body else "order"
    object_id = identifier(body, f"{reads}_id")
    return UnverifiedNotification(
        event_id=f"callback:{reads}:{object_id}",
        gateway_type="callback",
        happened_at=delivery.received_at,
        reads=reads,
        object_id=object_id,
        fallback_id=text(body, "order_id") if reads == "session" else None,
        submission_id=text(body, "attempt"),
    )


def _webhook(body: Body, delivery: Delivery) -> GatewayEvent | Ignored | UnverifiedNotification:
    metadata = part(body, "metadata") or body
    payload, gateway_type = part(body, "payload"), type_name(metadata, "event_type")
    object_id = _named(payload)
    is_other_mode = metadata.get("live") is (delivery.mode != "live")
    reads = None if is_other_mode else _reads(gateway_type, payload)
    if reads is None:
        counted = f"{gateway_type} (not {delivery.mode} mode)" if is_other_mode else gateway_type
        return _counted(metadata, delivery, (gateway_type, object_id, counted))
    happened_at = instant(metadata, "occurred_at")
    name = f"{identifier(metadata, 'event_id')}:{gateway_type}:{object_id}"
    if reads == "dispute" and disputes.is_sufficient(payload):
        return disputes.dispute_event(payload, delivery, name, gateway_type)
    object_id = identifier(payload, "payment_dispute_id" if reads == "dispute" else "order_id")
    return UnverifiedNotification(
        event_id=name,
        gateway_type=gateway_type,
        happened_at=happened_at,
        reads=reads,
        object_id=object_id,
    )


def _reads(gateway_type: str, payload: Body) -> str | None:
    """Return what a webhook leads to: a dispute, an order, or nothing where it is counted."""
    if gateway_type.startswith(DISPUTE):
        return "dispute" if outcome_of(GATEWAY, gateway_type) is Outcome.BOOKED else None
    return (
        "order" if gateway_type.startswith(PAYMENT) and is_identifier(payload, "order_id") else None
    )


def _counted(metadata: Body, delivery: Delivery, named: tuple[str, str, str]) -> Ignored:
    """Count what we don't act on, also where it lacks an id or a time."""
    gateway_type, object_id, counted = named
    is_named = is_identifier(metadata, "event_id")
    event_id = metadata["event_id"] if is_named else digest(metadata)
    try:
        happened_at = instant(metadata, "occurred_at")
    except (UnreadableEvent, ValueError, OverflowError):
        happened_at = delivery.received_at
    return _ignored(
        delivery, f"{event_id}:{gateway_type}:{object_id}", object_id, counted, happened_at
    )


def _named(payload: Body) -> str:
    """Return what a payload is about; one that names nothing we know goes by its content.

    Events of one id must still differ.
    """
    names = ("payment_dispute_id", "order_id")
    known = (payload[name] for name in names if is_identifier(payload, name))
    return next(known, None) or digest(payload)


def _ignored(
    delivery: Delivery, event_id: str, object_id: str, gateway_type: str, happened_at: datetime
) -> Ignored:
    return Ignored(
        event_id=event_id,
        subject=subject(delivery, SubjectKind.OBJECT, object_id),
        gateway_type=gateway_type,
        happened_at=happened_at,
    )


def _framed(body: Body, delivery: Delivery) -> GatewayEvent:
    """Read what we looked up or pulled ourselves."""
    match body[FRAME]:
        case "order":
            return orders.order_event(body["order"], delivery, "look_up")
        case "dispute":
            return disputes.dispute_state(body["dispute"], delivery, "look_up")
        case "transaction":
            return _transaction(body["transaction"], identifier(body, "id"), delivery)
        case "payout":
            return _payout(body["payout"], body["unexplained_minor"], delivery)
        case _:
            raise UnreadableEvent("a frame of an unknown kind")


def _transaction(transaction: Body, object_id: str, delivery: Delivery) -> GatewayEvent:
    object_reports = tuple(settlements.transaction_object_reports(transaction, object_id))
    order_id = text(transaction, "order_id")
    kind = SubjectKind.PAYMENT if order_id else SubjectKind.OBJECT
    return GatewayEvent(
        event_id=f"balance:{object_id}",
        subject=subject(delivery, kind, order_id or object_id),
        gateway_type=f"settlement.{str(transaction.get('type')).lower()}",
        happened_at=object_reports[0].happened_at,
        object_reports=object_reports,
        order_id=text(transaction, "merchant_reference1"),
    )


def _payout(payout: Body, unexplained_minor: int, delivery: Delivery) -> GatewayEvent:
    object_reports: tuple[ObjectReport, ...] = tuple(
        settlements.payout_object_reports(payout, unexplained_minor)
    )
    reference = identifier(payout, "payment_reference")
    return GatewayEvent(
        event_id=f"balance:payout:{reference}",
        subject=subject(delivery, SubjectKind.PAYOUT, reference),
        gateway_type="settlement.payout",
        happened_at=object_reports[0].happened_at,
        object_reports=object_reports,
    )
