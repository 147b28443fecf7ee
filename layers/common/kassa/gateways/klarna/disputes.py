"""A dispute of Klarna's: open until it is closed, and then won or lost.

Klarna withholds the amount at once, but reports it in its settlements alone; so the funds move
there (`settlements.py`). Here a loss implies that they are gone: that is only assumed, and gives
way to the settlements' movements of the same dispute.
"""

from collections.abc import Iterator
from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import (
    FUNDS,
    Delivery,
    GatewayEvent,
    ObjectKind,
    ObjectReport,
    SubjectKind,
)
from kassa.gateways.klarna.money import from_klarna
from kassa.gateways.klarna.parsing import identifier, instant, only, subject, text
from kassa.gateways.parsing import Body, digest, part

_OPEN = (
    *("INITIATED", "REPRESENTMENT", "PRE_ARBITRATION", "ARBITRATION"),
    *("ARBITRATION_PENDING", "MERCHANT_EVIDENCE_PENDING", "ARBITRATION_APPEAL_OPEN"),
)
_READ = (
    *("payment_dispute_id", "order_id", "capture_id", "state", "dispute_reason"),
    *("dispute_outcome", "created_at", "updated_at", "closed_at"),
)
_CLOSED = {"WON": "won", "LOST": "lost"}


def is_sufficient(dispute: Body) -> bool:
    """Return whether a webhook holds what booking needs; of most states it gives no amount."""
    details = part(dispute, "dispute_details")
    names = {"order_id", "state"} <= dispute.keys() and bool(_time(dispute))
    return names and {"dispute_amount", "currency"} <= details.keys()


def dispute_event(
    dispute: Body, delivery: Delivery, event_id: str, gateway_type: str
) -> GatewayEvent:
    """Name a dispute in our own terms; one that names no order is led there by its capture."""
    object_reports = tuple(_object_reports(dispute))
    order_id = text(dispute, "order_id")
    return GatewayEvent(
        event_id=event_id,
        subject=subject(
            delivery, SubjectKind.PAYMENT, order_id or identifier(dispute, "capture_id")
        ),
        gateway_type=gateway_type,
        happened_at=object_reports[0].happened_at,
        object_reports=object_reports,
        charge_reference=None if order_id else identifier(dispute, "capture_id"),
    )


def dispute_state(dispute: Body, delivery: Delivery, prefix: str) -> GatewayEvent:
    """Name a dispute that was read by how it stands: the same state is the same event."""
    reports = [object_report.model_dump_json() for object_report in _object_reports(dispute)]
    number = number_of(identifier(dispute, "payment_dispute_id"))
    gateway_type = f"dispute.{str(dispute.get('state')).lower()}"
    return dispute_event(dispute, delivery, f"{prefix}:{number}:{digest(reports)}", gateway_type)


def dispute_essence(dispute: Body) -> Body:
    """Return of a dispute what is read of it here, and nothing that anybody wrote."""
    details = only(part(dispute, "dispute_details"), ("dispute_amount", "currency"))
    essence = only(dispute, _READ) | {"dispute_details": details}
    due = only(part(dispute, "representment"), ("expires_at",))
    return essence | ({"representment": due} if due else {})


def evidence_due_by(dispute: Body) -> datetime | None:
    """Return until when Klarna takes evidence; nothing where it doesn't say, or not in a time."""
    try:
        return instant(part(dispute, "representment"), "expires_at")
    except (UnreadableEvent, ValueError):
        return None


def _object_reports(dispute: Body) -> Iterator[ObjectReport]:
    dispute_id = identifier(dispute, "payment_dispute_id")
    details = part(dispute, "dispute_details")
    state = _state(dispute)
    stands = ObjectReport(
        object_id=number_of(dispute_id),
        kind=ObjectKind.DISPUTE,
        state=state,
        amount=from_klarna(details, "dispute_amount", details.get("currency")),
        happened_at=instant(dispute, _time(dispute) or "created_at"),
        reason=text(dispute, "dispute_reason"),
        evidence_due_by=evidence_due_by(dispute),
    )
    yield stands
    if state == "lost":
        funds = {"object_id": funds_of(dispute_id), "kind": ObjectKind.DISPUTE_FUNDS}
        moved = {"state": "withdrawn", "reason": None, "is_assumed": True, "evidence_due_by": None}
        yield stands.model_copy(update=funds | moved)


def number_of(dispute_id: str) -> str:
    """Return the number a dispute's name ends in: each of Klarna's APIs writes the rest its way."""
    return dispute_id.rpartition(":")[2] or dispute_id


def funds_of(dispute_id: str) -> str:
    """Name a dispute's funds, which are an object of their own."""
    return number_of(dispute_id) + FUNDS


def _state(dispute: Body) -> str:
    if dispute.get("state") in _OPEN:
        return "open"
    outcome = _CLOSED.get(str(dispute.get("dispute_outcome")))
    if dispute.get("state") != "CLOSED" or outcome is None:
        raise UnreadableEvent("a dispute's state is unknown")
    return outcome


def _time(dispute: Body) -> str | None:
    """Name the field that says when it came to this."""
    return next(
        (name for name in ("closed_at", "updated_at", "created_at") if dispute.get(name)), None
    )
