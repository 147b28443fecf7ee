"""Read Stripe's events: every API version's shapes end here and become ours, or Ignored.

Only types that the table in `event_types.py` has as booked are read; whatever else Stripe signs is
kept and counted, in whatever form it comes.
"""

from datetime import UTC, datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.event_types import Outcome
from kassa.gateways.events import Delivery, GatewayEvent, Ignored, Subject, SubjectKind
from kassa.gateways.parsing import Body, instant, parsed, part, word
from kassa.gateways.states import RANKS
from kassa.gateways.stripe import fetched_events as pulled
from kassa.gateways.stripe import objects
from kassa.gateways.stripe.event_types import EVENT_TYPES
from kassa.gateways.stripe.parsing import Header, id_of

GATEWAY = "stripe"
PAYMENT_OBJECTS = {"payment_intent", "charge", "refund", "dispute", "checkout.session"}
OURS = (pulled.BALANCE, pulled.LOOK_UP)  # what was read at Stripe's API, in an envelope of ours
ID_MAX = 255  # Stripe's ids are at most so long


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name a delivery's event in our own words; what we don't act on becomes Ignored.

    An event that names a charge but no payment keeps the charge in `charge_reference`; the caller
    finds the payment. Raises UnreadableEvent for bytes that aren't an event, so that the message
    stays in the queue and reaches the DLQ instead of being lost.
    """
    envelope = _parsed(raw)
    why_not = _why_not(envelope, delivery)
    if why_not is not None:
        return _ignored(envelope, delivery, why_not)
    try:
        event = _event(envelope, part(part(envelope, "data"), "object"), delivery.account)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"{envelope['type']}: {type(error).__name__}") from error
    return event or _ignored(envelope, delivery, "")


def _why_not(envelope: Body, delivery: Delivery) -> str | None:
    """Say why an event isn't read, in words for its type; nothing where it is."""
    if _is_anothers(envelope, delivery.shop):
        return " (another account)"
    if envelope.get("livemode") is (delivery.mode != "live"):
        return f" (not {delivery.mode} mode)"
    row = EVENT_TYPES.get(envelope["type"])
    is_read = row is not None and row.outcome is Outcome.BOOKED
    return None if is_read or envelope["type"] in OURS else ""


def _is_anothers(envelope: Body, shop: str | None) -> bool:
    """Tell whether an event is of another account at Stripe than the one that was configured.

    `account` names a connected account, and is left out of one's own events. To an organisation's
    endpoint the `context` names each account, behind those above it
    (docs.stripe.com/api/events/object); it counts where ours was configured.
    """
    account = word(envelope.get("account"))
    if account is None and shop:
        context = (word(envelope.get("context")) or "").rpartition("/")[2]
        account = context if context.startswith("acct_") else None
    return account is not None and account != shop


def _event(envelope: Body, body: Body, account: str) -> GatewayEvent | None:
    """Return the event, or none where nothing in it stands in a state we know."""
    gateway_type, created = envelope["type"], _created(envelope)
    object_reports = tuple(
        object_report
        for object_report in objects.object_reports(body, Header(gateway_type, created))
        if object_report.state in RANKS[object_report.kind]
    )
    if not object_reports:
        return None
    subject, charge_reference = _subject(body, account)
    return GatewayEvent(
        event_id=envelope["id"],
        subject=subject,
        gateway_type=gateway_type,
        happened_at=created,
        object_reports=object_reports,
        charge_reference=charge_reference,
        **_words(body),
    )


def _created(envelope: Body) -> datetime:
    created = envelope.get("created")
    if isinstance(created, str):  # thin events write ISO 8601
        at = datetime.fromisoformat(created)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return instant(created)


def _parsed(raw: bytes) -> Body:
    envelope = parsed(raw, parse_float=float)  # no amount: those are whole
    for name in ("id", "type"):
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            raise UnreadableEvent(f"the event has no {name}")
    return envelope


def _ignored(envelope: Body, delivery: Delivery, why: str) -> Ignored:
    """Keep an event that isn't read, whatever its form; one without a time came when it came."""
    event_id = str(envelope["id"])
    object_id = id_of(part(part(envelope, "data"), "object")) or event_id
    try:
        happened_at = _created(envelope)
    except (UnreadableEvent, ValueError):
        happened_at = delivery.received_at
    return Ignored(
        event_id=event_id,
        subject=_named(
            SubjectKind.OBJECT,
            delivery.account,
            object_id if len(object_id) <= ID_MAX else event_id,
        ),
        gateway_type=f"{envelope['type']}{why}",
        happened_at=happened_at,
    )


def _named(kind: SubjectKind, account: str, subject_id: str) -> Subject:
    return Subject(gateway=GATEWAY, account=account, kind=kind, subject_id=subject_id)


def _subject(body: Body, account: str) -> tuple[Subject, str | None]:
    """Whose event this is, and the charge to follow where it names no payment."""
    match body.get("object"):
        case "payment_intent":
            return _named(SubjectKind.PAYMENT, account, str(body.get("id"))), None
        case "payout":
            return _named(SubjectKind.PAYOUT, account, str(body.get("id"))), None
        case "balance_transaction" if isinstance(body.get("source"), dict):
            return _subject(body["source"], account)
        case kind if kind in PAYMENT_OBJECTS:
            return _payments_subject(body, account)
        case _:
            return _named(SubjectKind.OBJECT, account, str(body.get("id"))), None


def _payments_subject(body: Body, account: str) -> tuple[Subject, str | None]:
    charge_id = id_of(body) if body["object"] == "charge" else id_of(body.get("charge"))
    payment_id = id_of(body.get("payment_intent"))
    if payment_id:
        return _named(SubjectKind.PAYMENT, account, payment_id), None
    if charge_id:
        # "payment_intent": null says that there is none; a missing word says nothing.
        told = body["object"] == "charge" or "payment_intent" in body
        subject = _named(SubjectKind.PAYMENT, account, charge_id)
        return subject, None if told else charge_id
    return _named(SubjectKind.OBJECT, account, str(body.get("id"))), None


def _words(body: Body) -> dict[str, str | None]:
    """What an event says of the order and the customer; ids only."""
    if isinstance(body.get("source"), dict) and body["object"] == "balance_transaction":
        body = body["source"]
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    order_id = metadata.get("order_id") or body.get("client_reference_id")
    return {
        "order_id": order_id,
        "customer_id": id_of(body.get("customer")),
        "language": metadata.get("language"),
    }
