"""Read a delivery: name its event in our terms, read back what nothing proves, find its payment."""

from kassa.core.errors import InvalidSignature
from kassa.gateways import confirmations, dispatch, read, registry
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Ignored,
    Subject,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.registry import Ability
from kassa.ledger import raw_archive
from kassa.ledger.store import Books
from kassa.orders.bind_callback import bind_callback
from kassa.platform.telemetry import logger, metrics


def read_event(delivery: Delivery, books: Books) -> GatewayEvent | Ignored:
    """Return the event that a delivery reports, with its payment found.

    Raises UnreadableEvent for bytes that are no event, and GatewayUnavailable when what must be
    looked up at the gateway can't be found out now; the message must come back.
    """
    if delivery.erased is not None:
        return raw_archive.as_it_was_read(delivery.erased)
    event = read.read(raw_archive.body_of(delivery), delivery)
    if isinstance(event, UnverifiedNotification):
        event = _confirmed(event, delivery)
    if isinstance(event, GatewayEvent) and event.charge_reference:
        event = _led(event, event.charge_reference, books)
    return event


def _confirmed(notification: UnverifiedNotification, delivery: Delivery) -> GatewayEvent | Ignored:
    """Read an unverified notification back from its gateway, once for each name; only the answer is
    believed.
    """
    logger.append_keys(correlation_id=notification.event_id)
    try:
        notification = bind_callback(notification, delivery)
        answer = confirmations.find(delivery, notification) if notification.name else None
        if answer is None:
            answer = dispatch.confirm(delivery.gateway, delivery.account, notification)
            if answer is None:
                return _ignored(notification, delivery, "not found at the gateway")
            if notification.name:
                confirmations.keep(delivery, notification, answer)
    except InvalidSignature as error:
        metrics.add_metric(name="NotificationForged", unit="Count", value=1)
        logger.warning("notification forged", reason=str(error))
        forged = notification.model_copy(
            update={"event_id": f"forged:{notification.event_id}:{notification.digest[:12]}"}
        )
        return _ignored(forged, delivery, "forged")
    return read.confirmed(notification, answer, delivery)


def _ignored(notification: UnverifiedNotification, delivery: Delivery, why: str) -> Ignored:
    subject = Subject(
        gateway=delivery.gateway,
        account=delivery.account,
        kind=SubjectKind.OBJECT,
        subject_id=notification.object_id,
    )
    return Ignored(
        event_id=notification.event_id,
        subject=subject,
        gateway_type=f"{notification.gateway_type} ({why})",
        happened_at=notification.happened_at,
    )


def _led(event: GatewayEvent, object_id: str, books: Books) -> GatewayEvent:
    """Lead an event that names no payment to it, looking it up if need be."""
    subject = event.subject
    payment_id = books.payment_of(subject.gateway, subject.account, object_id)
    if payment_id is None and registry.can(subject.gateway, Ability.PAYMENT_OF):
        payment_id = dispatch.payment_of(subject, object_id)
    led = subject.model_copy(update={"subject_id": payment_id or object_id})
    return event.model_copy(update={"subject": led})
