"""Read BTCPay's webhooks: they name an invoice or a pull payment, which is then read back.

What stands here is pure. A webhook's body is signed in full, but says little of amounts, and a
redelivery has another id and another body: the first delivery's id is the event's.
"""

from datetime import datetime

from kassa.adapters.gateways.bodies import Body, parsed, part
from kassa.adapters.gateways.btcpay import invoices, pull_payments
from kassa.adapters.gateways.btcpay.bodies import identity, instant
from kassa.domain.events import Delivery, GatewayEvent, Hint, Ignored, Subject, SubjectKind
from kassa.errors import UnreadableEvent

GATEWAY = "btcpay"
INVOICE, PULL_PAYMENT = "invoice", "pull_payment"  # what can be read back
TEST = "__test__"  # the dashboard's test deliveries name nothing that exists

_INVOICE_TYPES = {
    *("InvoiceReceivedPayment", "InvoicePaymentSettled", "InvoiceProcessing"),
    *("InvoiceSettled", "InvoiceExpired", "InvoiceInvalid"),
}
_PAYOUT_TYPES = {"PayoutCreated", "PayoutApproved", "PayoutUpdated"}
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | Hint:
    """Name what a webhook says, or what Kassa itself has fetched.

    Raises UnreadableEvent for bytes that are no event, so that the message reaches the DLQ.
    """
    said = parsed(raw)
    if delivery.origin != "webhook" and "answer" in said:
        return _event(
            identity(said.get("event_id")), str(said.get("type")), part(said, "answer"), delivery
        )
    try:
        return _told(said, delivery)
    except _UNREADABLE as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"a webhook: {type(error).__name__}") from error


def confirmed(hint: Hint, answer: Body, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name what BTCPay answered when an invoice or a pull payment was read back."""
    return _event(hint.event_id, hint.gateway_type, answer, delivery)


def _told(said: Body, delivery: Delivery) -> Hint | Ignored:
    gateway_type, event_id = said.get("type"), identity(said.get("originalDeliveryId"))
    if not isinstance(gateway_type, str) or not gateway_type:
        raise UnreadableEvent("the event has no type")
    reads, object_id = _named(gateway_type, said)
    happened_at = instant(said.get("timestamp"))
    if event_id.startswith(TEST):
        gateway_type, reads = f"{gateway_type} (a test)", None
    if reads is None or object_id is None:
        subject = _subject(delivery, SubjectKind.OBJECT, object_id or event_id)
        return Ignored(
            event_id=event_id,
            subject=subject,
            gateway_type=gateway_type,
            happened_at=happened_at,
        )
    return Hint(
        event_id=event_id,
        gateway_type=gateway_type,
        happened_at=happened_at,
        reads=reads,
        object_id=object_id,
        name=event_id,
    )


def _named(gateway_type: str, said: Body) -> tuple[str | None, str | None]:
    """Return what a webhook leads to; a payout of no pull payment leads nowhere."""
    if gateway_type in _INVOICE_TYPES:
        return INVOICE, identity(said.get("invoiceId"))
    if gateway_type == "InvoiceCreated":  # nothing has happened to it yet
        return None, identity(said.get("invoiceId"))
    if gateway_type in _PAYOUT_TYPES and said.get("pullPaymentId"):
        return PULL_PAYMENT, identity(said["pullPaymentId"])
    return None, None


def _event(
    event_id: str, gateway_type: str, answer: Body, delivery: Delivery
) -> GatewayEvent | Ignored:
    """Name an answer; what refunds no invoice, or is priced in coins, is counted, not booked."""
    try:
        why = _why_ignored(answer)
        if why is None:
            return _booked(event_id, gateway_type, answer, delivery)
        object_id = part(answer, "refund").get("id") or part(answer, "invoice").get("id")
        return Ignored(
            event_id=event_id,
            subject=_subject(delivery, SubjectKind.OBJECT, identity(object_id)),
            gateway_type=f"{gateway_type} ({why})",
            happened_at=_begun(answer),
        )
    except _UNREADABLE as error:
        raise UnreadableEvent(f"{gateway_type}: {type(error).__name__}") from error


def _booked(event_id: str, gateway_type: str, answer: Body, delivery: Delivery) -> GatewayEvent:
    invoice, is_refund = answer["invoice"], "refund" in answer
    told = (pull_payments.refund(answer),) if is_refund else invoices.standings(answer)
    by_hand = " (marked by hand)" if invoices.is_marked(invoice) and not is_refund else ""
    return GatewayEvent(
        event_id=event_id,
        subject=_subject(delivery, SubjectKind.PAYMENT, identity(invoice.get("id"))),
        gateway_type=gateway_type + by_hand,
        happened_at=max(standing.happened_at for standing in told),
        standings=told,
        **invoices.words(invoice),
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
