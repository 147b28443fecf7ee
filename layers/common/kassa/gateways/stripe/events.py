"""Read Stripe's events: every API version's shapes end here and become ours, or Ignored.

Only types that the table in `event_types.py` has as booked are read; whatever else Stripe signs is
kept and counted, in whatever form it comes. Disputes and refunds name their payment intent only
since 2019: what an older version doesn't say is left unsaid here and found by alias or look-up.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from kassa.core.errors import UnreadableEvent
from kassa.core.money import NO_MONEY
from kassa.gateways.event_types import Outcome
from kassa.gateways.events import (
    Card,
    Delivery,
    GatewayEvent,
    Ignored,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)
from kassa.gateways.parsing import Body, instant, parsed, part, text
from kassa.gateways.states import RANKS
from kassa.gateways.stripe import balance, disputes
from kassa.gateways.stripe import payments as charges
from kassa.gateways.stripe.event_types import EVENT_TYPES
from kassa.gateways.stripe.parsing import (
    BALANCE,
    LOOK_UP,
    NO_HEADER,
    Header,
    id_of,
    object_report,
    paid_with,
)

GATEWAY = "stripe"
PAYMENT_OBJECTS = {"payment_intent", "charge", "refund", "dispute", "checkout.session", "invoice"}
OURS = (BALANCE, LOOK_UP)  # what was read at Stripe's API, in an envelope of ours
ID_MAX = 255  # Stripe's ids are at most so long
_CHECKOUT = {"complete": "completed", "expired": "expired"}


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name a delivery's event in our own terms; what we don't act on becomes Ignored.

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
    """Return why an event isn't read, for its counted type; nothing where it is."""
    if _is_anothers(envelope, delivery.shop):
        return " (another account)"
    if envelope.get("livemode") is (delivery.mode != "live"):
        return f" (not {delivery.mode} mode)"
    row = EVENT_TYPES.get(envelope["type"])
    is_read = row is not None and row.outcome is Outcome.BOOKED
    return None if is_read or envelope["type"] in OURS else ""


def _is_anothers(envelope: Body, shop: str | None) -> bool:
    """Return whether an event is of another account at Stripe than the one that was configured.

    `account` names a connected account, and is left out of one's own events. To an organisation's
    endpoint the `context` names each account, behind those above it
    (docs.stripe.com/api/events/object); it counts where ours was configured.
    """
    account = text(envelope.get("account"))
    if account is None and shop:
        context = (text(envelope.get("context")) or "").rpartition("/")[2]
        account = context if context.startswith("acct_") else None
    return account is not None and account != shop


def _event(envelope: Body, body: Body, account: str) -> GatewayEvent | None:
    """Return the event, or none where nothing in it stands in a state we know."""
    gateway_type, created = envelope["type"], _created(envelope)
    known = tuple(
        object_report
        for object_report in object_reports(body, Header(gateway_type, created))
        if object_report.state in RANKS[object_report.kind]
    )
    if not known:
        return None
    subject, charge_reference = _subject(body, account)
    return GatewayEvent(
        event_id=envelope["id"],
        subject=subject,
        gateway_type=gateway_type,
        happened_at=created,
        object_reports=known,
        charge_reference=charge_reference,
        **_fields(body),
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
    body = charges.paid_by(body) if body["object"] == "invoice" else body
    charge_id = id_of(body) if body["object"] == "charge" else id_of(body.get("charge"))
    payment_id = id_of(body.get("payment_intent"))
    if payment_id:
        return _named(SubjectKind.PAYMENT, account, payment_id), None
    if charge_id:
        # "payment_intent": null says that there is none; a missing word says nothing.
        names_payment = body["object"] == "charge" or "payment_intent" in body
        subject = _named(SubjectKind.PAYMENT, account, charge_id)
        return subject, None if names_payment else charge_id
    return _named(SubjectKind.OBJECT, account, str(body.get("id"))), None


def _fields(body: Body) -> dict[str, str | int | None]:
    """What an event says of the order, the customer and the agreement; ids only."""
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
        **charges.agreement(body),
    }


def object_reports(body: Body, header: Header = NO_HEADER) -> Iterator[ObjectReport]:
    """Report how every object in an event's body stands; nothing for what we don't act on."""
    reader = _OBJECT_REPORTS.get(str(body.get("object")))
    if reader is not None:
        yield from reader(body, header)


def _balance_transaction(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Our balance moved; what moved it is reported too, should no webhook have."""
    yield balance.balance_transaction(body)
    source = body.get("source")
    if isinstance(source, dict):
        if balance.reports_source(source, body):
            yield from object_reports(source, balance.header(body))
        yield from balance.moved_because_of(source, body)


def _payout(body: Body, header: Header) -> Iterator[ObjectReport]:
    payout = object_report(body, ObjectKind.PAYOUT, str(body.get("status")))
    yield payout.model_copy(update={"reason": body.get("failure_code")})


def _checkout(body: Body, header: Header) -> Iterator[ObjectReport]:
    state = _CHECKOUT.get(str(body.get("status") or header.type.rpartition(".")[2]), "open")
    if header.type == "checkout.session.completed":
        state = "completed"
    # A session that only sets up a payment method has no amount; XXX is ISO 4217's "no currency".
    priced = body | {"currency": body.get("currency") or "xxx", "created": body.get("created", 0)}
    yield object_report(priced, ObjectKind.CHECKOUT, state, body.get("amount_total") or 0)


def _card(body: Body, header: Header) -> Iterator[ObjectReport]:
    """Report a customer's card that ends soon, once for each month that it ends in.

    A source holds its card's fields in a part of its own; one of another kind reports nothing.
    """
    fields = body if body["object"] == "card" else part(body, "card")
    card_id = id_of(body)
    if header.at is None or not fields:
        return
    if card_id is None:
        raise UnreadableEvent("the card has no id")
    card = Card(
        last4=fields["last4"],
        exp_month=fields["exp_month"],
        exp_year=fields["exp_year"],
        brand=paid_with({"type": "card", "card": fields}).brand,
    )
    yield ObjectReport(
        object_id=f"{card_id}:{card.exp_year}-{card.exp_month:02}",
        kind=ObjectKind.CARD,
        state="expiring",
        amount=NO_MONEY,
        happened_at=header.at,
        card=card,
    )


_OBJECT_REPORTS: dict[str, Callable[[Body, Header], Iterator[ObjectReport]]] = {
    "payment_intent": charges.payment_intent,
    "charge": charges.charge,
    "refund": charges.refund,
    "dispute": disputes.dispute,
    "payout": _payout,
    "checkout.session": _checkout,
    "invoice": charges.invoice,
    "balance_transaction": _balance_transaction,
    "card": _card,
    "source": _card,
}
