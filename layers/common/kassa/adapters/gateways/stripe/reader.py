"""Read Stripe's events: every API version's shapes end here and become ours, or Ignored."""

from datetime import datetime

from kassa.adapters.gateways.bodies import Body, instant, parsed
from kassa.adapters.gateways.stripe import objects
from kassa.adapters.gateways.stripe.bodies import id_of
from kassa.domain.events import Delivery, GatewayEvent, Ignored, Subject, SubjectKind
from kassa.domain.ranks import RANKS
from kassa.errors import UnreadableEvent

GATEWAY = "stripe"
PAYMENT_OBJECTS = {"payment_intent", "charge", "refund", "dispute", "checkout.session"}
READ = PAYMENT_OBJECTS | {"payout", "balance_transaction"}


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name a delivery's event in our own words, or ignore it."""
    return read_body(raw, delivery.account, delivery.mode)


def read_body(raw: bytes, account: str, mode: str) -> GatewayEvent | Ignored:
    """Name a Stripe event in our own words; what we don't act on becomes Ignored.

    An event that names a charge but no payment keeps the charge in `leads_from`; the caller
    finds the payment. Raises UnreadableEvent for bytes that aren't an event, so that the message
    stays in the queue and reaches the DLQ instead of being lost.
    """
    envelope = _parsed(raw)
    try:
        return _named_event(envelope, account, mode)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # pydantic's are ValueErrors
        raise UnreadableEvent(f"{envelope['type']}: {type(error).__name__}") from error


def _named_event(envelope: Body, account: str, mode: str) -> GatewayEvent | Ignored:
    gateway_type = envelope["type"]
    body = (envelope.get("data") or {}).get("object")
    if not isinstance(body, dict):
        body = {}
    if envelope.get("livemode") is (mode != "live"):
        gateway_type = f"{gateway_type} (not {mode} mode)"
    elif str(body.get("object")) in READ and (event := _event(envelope, body, account)):
        return event
    return _ignored(envelope, body, account, gateway_type)


def _event(envelope: Body, body: Body, account: str) -> GatewayEvent | None:
    """Return the event, or none where nothing in it stands in a state we know."""
    gateway_type = envelope["type"]
    standings = tuple(
        standing
        for standing in objects.standings(body, gateway_type)
        if standing.state in RANKS[standing.kind]
    )
    if not standings:
        return None
    subject, leads_from = _subject(body, account)
    return GatewayEvent(
        event_id=envelope["id"],
        subject=subject,
        gateway_type=gateway_type,
        happened_at=_created(envelope),
        standings=standings,
        leads_from=leads_from,
        **_words(body),
    )


def _created(envelope: Body) -> datetime:
    created = envelope.get("created")
    if isinstance(created, str):  # thin events write ISO 8601
        return datetime.fromisoformat(created)
    return instant(created)


def _parsed(raw: bytes) -> Body:
    envelope = parsed(raw, parse_float=float)  # no amount: those are whole
    for name in ("id", "type"):
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            raise UnreadableEvent(f"the event has no {name}")
    return envelope


def _ignored(envelope: Body, body: Body, account: str, gateway_type: str) -> Ignored:
    subject_id = id_of(body) or str(envelope["id"])
    return Ignored(
        event_id=str(envelope["id"]),
        subject=_named(SubjectKind.OBJECT, account, subject_id),
        gateway_type=gateway_type,
        happened_at=_created(envelope),
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
        case "charge" | "refund" | "dispute" | "checkout.session":
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
