"""What Seven's objects have in common: an id, a time, an amount, a payment method."""

from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, text
from kassa.gateways.payment_methods import means
from tests.support.gateway_seven.seven.money import from_seven

paid_with = means  # Seven spells payment methods as we do


def id_of(body: Body) -> str:
    """Return an object's id, which must be there."""
    found = text(body.get("id"))
    if found is None:
        raise UnreadableEvent("an object has no id")
    return found


def at(body: Body) -> datetime:
    """Return when something happened: an instant with its offset."""
    read = datetime.fromisoformat(str(body.get("at")))
    if read.tzinfo is None:
        raise UnreadableEvent("a time has no offset")
    return read


def report_of(kind: ObjectKind, body: Body, payment: Body) -> ObjectReport:
    """Report how an object of a payment stands, in the payment's currency."""
    return ObjectReport(
        object_id=id_of(body),
        kind=kind,
        state=str(body.get("status")),
        amount=from_seven(body.get("amount"), payment.get("currency")),
        happened_at=at(body),
        reason=text(body.get("reason")),
    )
