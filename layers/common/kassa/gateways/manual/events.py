"""Read what people entered: a payment, that some of it was given back, that it is none any more.

Written by Kassa itself, so that nobody signs it; who entered it, the audit trail says.
"""

from kassa.core import stored
from kassa.core.errors import UnreadableEvent, UnreadableItem
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)
from kassa.gateways.manual.entries import EntryEvent, EntryMethod
from kassa.gateways.manual.event_types import APPLIED, ENTERED, GIVEN_BACK, REVERSED
from kassa.gateways.payment_methods import means
from kassa.gateways.registry import MANUAL

_SPELLINGS = {EntryMethod.TRANSFER.value: "bank_transfer"}
_STATES = {  # by type: which object an event is about, and how that stands
    ENTERED: (ObjectKind.CHARGE, "captured"),
    APPLIED: (ObjectKind.CHARGE, "captured"),  # says so again, and for which invoice
    GIVEN_BACK: (ObjectKind.REFUND, "succeeded"),
    REVERSED: (ObjectKind.CHARGE, "failed"),
}


def read(raw: bytes, delivery: Delivery) -> GatewayEvent:
    """Name an entry in our own terms.

    Raises UnreadableEvent for bytes that are no entry, and for one of a newer release's types.
    """
    try:
        event = stored.read_text(EntryEvent, raw)
    except UnreadableItem as error:
        raise UnreadableEvent(str(error)) from error
    if event.type not in _STATES:
        raise UnreadableEvent(f"no entry is of the type {event.type!r}")
    return GatewayEvent(
        event_id=event.id,
        subject=Subject(
            gateway=MANUAL,
            account=delivery.account,
            kind=SubjectKind.PAYMENT,
            subject_id=event.payment_id,
        ),
        gateway_type=event.type,
        happened_at=event.at,
        object_reports=(_report(event),),
        order_id=event.order_id,
        invoice_number=event.invoice_number,
        customer_id=event.customer_id,
    )


def _report(event: EntryEvent) -> ObjectReport:
    """Report the charge, which is the payment itself, or the refund.

    A charge that failed after it was captured was taken back, whichever of the two is read first.
    """
    kind, state = _STATES[event.type]
    if kind is ObjectKind.REFUND and event.refund_id is None:
        raise UnreadableEvent("what was given back has no id")
    paid_with = means(event.method, _SPELLINGS)
    is_charge = kind is ObjectKind.CHARGE
    return ObjectReport(
        object_id=event.payment_id if is_charge else str(event.refund_id),
        kind=kind,
        state=state,
        amount=event.amount,
        happened_at=event.at,
        method=paid_with.method if is_charge else None,
        brand=paid_with.brand if is_charge else None,
        reason=event.reason,
    )
