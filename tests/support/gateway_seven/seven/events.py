"""Read Seven's events: each holds a payment whole, so that any of them says all there is."""

from kassa.core.errors import UnreadableEvent
from kassa.gateways.event_types import Outcome, outcome_of
from kassa.gateways.events import Delivery, GatewayEvent, Ignored, Subject, SubjectKind
from kassa.gateways.parsing import Body, parsed, part, text
from kassa.gateways.states import RANKS
from tests.support.gateway_seven.seven import disputes, payments
from tests.support.gateway_seven.seven.parsing import at, id_of

GATEWAY = "seven"
LOOK_UP = "kassa.look_up"  # the type of what Kassa looked up itself


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name an event in our own terms; what nothing follows from becomes Ignored.

    Raises UnreadableEvent for bytes that are no event, so that they reach the DLQ.
    """
    try:
        return _read(parsed(raw), delivery)
    except (TypeError, ValueError) as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"{GATEWAY}: {type(error).__name__}") from error


def _read(event: Body, delivery: Delivery) -> GatewayEvent | Ignored:
    event_type, payment = str(event.get("type")), part(event, "payment")
    is_ours = event_type == LOOK_UP and delivery.origin != "webhook"
    if not is_ours and outcome_of(GATEWAY, event_type) is not Outcome.BOOKED:
        return Ignored(
            event_id=id_of(event),
            subject=_subject(delivery, SubjectKind.OBJECT, id_of(event)),
            gateway_type=event_type,
            happened_at=at(event),
        )
    reports = (
        *payments.charges(payment),
        *payments.refunds(payment),
        *disputes.disputes(payment),
        *disputes.reversals(payment),
    )
    strange = [one.state for one in reports if one.state not in RANKS[one.kind]]
    if strange:
        raise UnreadableEvent(f"unknown status {strange[0]!r}")
    return GatewayEvent(
        event_id=id_of(event),
        subject=_subject(delivery, SubjectKind.PAYMENT, id_of(payment)),
        gateway_type=event_type,
        happened_at=at(event),
        object_reports=reports,
        order_id=text(payment.get("order_id")),
    )


def _subject(delivery: Delivery, kind: SubjectKind, subject_id: str) -> Subject:
    return Subject(gateway=GATEWAY, account=delivery.account, kind=kind, subject_id=subject_id)
