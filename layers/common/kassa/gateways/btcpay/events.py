"""Read BTCPay's webhooks: they name an invoice or a pull payment, which is then read back.

What stands here is pure. A webhook's body is signed in full, but says little of amounts, and a
redelivery has another id and another body: the first delivery's id is the event's. What is only
counted needs no form (`event_types.py`); what leads to reading back is read strictly.
"""

from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay import pull_payments
from kassa.gateways.btcpay.parsing import identity, instant, is_identity
from kassa.gateways.event_types import Outcome, outcome_of
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Ignored,
    Subject,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.parsing import Body, digest, parsed, part

GATEWAY = "btcpay"
INVOICE, PULL_PAYMENT = "invoice", "pull_payment"  # what can be read back
TEST = "__test__"  # the dashboard's test deliveries name nothing that exists

_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | UnverifiedNotification:
    """Name what a webhook says, or what Kassa itself has fetched.

    Raises UnreadableEvent for bytes that are no event, so that the message reaches the DLQ.
    """
    body = parsed(raw)
    if delivery.origin != "webhook" and "answer" in body:
        moment = invoices.Moment(delivery.received_at, str(body.get("type")))
        return _event(identity(body.get("event_id")), moment, part(body, "answer"), delivery)
    try:
        return _notification(body, delivery)
    except _UNREADABLE as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"a webhook: {type(error).__name__}") from error


def confirmed(
    notification: UnverifiedNotification, answer: Body, delivery: Delivery
) -> GatewayEvent | Ignored:
    """Name what BTCPay answered when an invoice or a pull payment was read back."""
    moment = invoices.Moment(notification.happened_at, notification.gateway_type)
    return _event(notification.event_id, moment, answer, delivery)


def _notification(body: Body, delivery: Delivery) -> UnverifiedNotification | Ignored:
    gateway_type = body.get("type")
    if not isinstance(gateway_type, str) or not gateway_type:
        raise UnreadableEvent("the event has no type")
    original = body.get("originalDeliveryId", body.get("orignalDeliveryId"))  # so before 1.1.0
    is_test = isinstance(original, str) and original.startswith(TEST)
    reads, object_id = (None, None) if is_test else _named(gateway_type, body)
    if reads is None or object_id is None:
        return _counted(body, delivery, f"{gateway_type} (a test)" if is_test else gateway_type)
    event_id = identity(original)
    return UnverifiedNotification(
        event_id=event_id,
        gateway_type=gateway_type,
        happened_at=instant(body.get("timestamp")),
        reads=reads,
        object_id=object_id,
        name=event_id,
    )


def _named(gateway_type: str, body: Body) -> tuple[str | None, str | None]:
    """Return what a webhook leads to; a payout of no pull payment leads nowhere."""
    if outcome_of(GATEWAY, gateway_type) is not Outcome.BOOKED:
        return None, None
    if gateway_type.startswith("Invoice"):
        return INVOICE, identity(body.get("invoiceId"))
    if body.get("pullPaymentId"):
        return PULL_PAYMENT, identity(body["pullPaymentId"])
    return None, None


def _counted(body: Body, delivery: Delivery, gateway_type: str) -> Ignored:
    """Count what nothing follows from, also where it lacks an id or a time."""
    names = ("originalDeliveryId", "orignalDeliveryId", "deliveryId")
    known = (body[name] for name in names if is_identity(body.get(name)))
    event_id = next(known, None) or digest(body)
    about = body.get("invoiceId")
    try:
        happened_at = instant(body.get("timestamp"))
    except UnreadableEvent:
        happened_at = delivery.received_at
    is_invoice = gateway_type.startswith("Invoice") and is_identity(about)
    object_id = str(about) if is_invoice else event_id
    return Ignored(
        event_id=event_id,
        subject=_subject(delivery, SubjectKind.OBJECT, object_id),
        gateway_type=gateway_type if gateway_type.isprintable() else "?",
        happened_at=happened_at,
    )


def _event(
    event_id: str, moment: invoices.Moment, answer: Body, delivery: Delivery
) -> GatewayEvent | Ignored:
    """Name an answer; what refunds no invoice, or is priced in coins, is counted, not booked."""
    try:
        why = _why_ignored(answer)
        if why is None:
            return _booked(event_id, moment, answer, delivery)
        object_id = part(answer, "refund").get("id") or part(answer, "invoice").get("id")
        return Ignored(
            event_id=event_id,
            subject=_subject(delivery, SubjectKind.OBJECT, identity(object_id)),
            gateway_type=f"{moment.gateway_type} ({why})",
            happened_at=_begun(answer),
        )
    except _UNREADABLE as error:
        raise UnreadableEvent(f"{moment.gateway_type}: {type(error).__name__}") from error


def _booked(
    event_id: str, moment: invoices.Moment, answer: Body, delivery: Delivery
) -> GatewayEvent:
    invoice, is_refund = answer["invoice"], "refund" in answer
    object_reports = (
        (pull_payments.refund(answer),) if is_refund else invoices.object_reports(answer, moment)
    )
    by_hand = " (marked by hand)" if invoices.is_marked(invoice) and not is_refund else ""
    return GatewayEvent(
        event_id=event_id,
        subject=_subject(delivery, SubjectKind.PAYMENT, identity(invoice.get("id"))),
        gateway_type=moment.gateway_type + by_hand,
        happened_at=max(object_report.happened_at for object_report in object_reports),
        object_reports=object_reports,
        **invoices.fields(invoice),
    )


def _why_ignored(answer: Body) -> str | None:
    if not part(answer, "invoice"):
        return "refunds no invoice"
    return "not priced in a currency of ISO 4217" if invoices.is_in_coins(answer) else None


def _begun(answer: Body) -> datetime:
    """Return when an object began, as far as it says so."""
    return instant(
        part(answer, "invoice").get("createdTime") or part(answer, "refund").get("startsAt")
    )


def _subject(delivery: Delivery, kind: SubjectKind, subject_id: str) -> Subject:
    return Subject(gateway=GATEWAY, account=delivery.account, kind=kind, subject_id=subject_id)
