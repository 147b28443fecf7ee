"""Read an event by a mapping: a body and its mapping in, our event out, or the path that is off.

An event of a type that the mapping doesn't list is Ignored and counted. One of a type that it lists
must be understood in full: what no rule holds for, or lacks what a rule names, is unreadable, so
that it waits in the DLQ and isn't lost.
"""

from datetime import datetime
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.core.paths import find
from kassa.core.stored import has_unknown
from kassa.gateways.events import (
    SIGNED,
    Delivery,
    GatewayEvent,
    Ignored,
    Movement,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)
from kassa.gateways.parsing import country
from kassa.gateways.payment_methods import Means, branded, means
from kassa.gateways.standard.mapping import values
from kassa.gateways.standard.mapping.model import (
    About,
    Mapping,
    MappingHead,
    ModeSource,
    MovementSource,
    Rule,
    StandingSource,
)
from kassa.gateways.standard.mapping.sources import Values

K = ObjectKind

# These stand beside another object of the same id, so each gets a name of its own.
SUFFIXES = {
    K.PAYMENT: "/payment",
    K.REFUND: "/refund",
    K.REFUNDED_TOTAL: "/refunded",
    K.DISPUTE_FUNDS: "/funds",
    K.BALANCE_TRANSACTION: "/balance",
}
_TEXTS = ("reason", "fingerprint", "country", "refund_request_id", "reference")
_OF_THE_ORDER = ("order_id", "customer_id", "language")


class ReceivedEvent(NamedTuple):
    """One event as it came: its body, and what its delivery says of it."""

    event_id: str
    gateway_type: str
    body: object
    delivery: Delivery


class Happened(NamedTuple):
    """What an event's object reports have in common, unless one says otherwise."""

    at: datetime
    subject_id: str


def read(body: object, mapping: Mapping, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name an event in our own terms; raise UnreadableEvent naming the path that is off."""
    if not delivery.delivery_id:
        raise UnreadableEvent("the delivery has no webhook-id, which names the event")
    received = ReceivedEvent(
        delivery.delivery_id, values.type_name(mapping.type, body), body, delivery
    )
    if not any(received.gateway_type in rule.type for rule in mapping.rules):
        return _ignored(received, mapping)
    if mapping.mode and _mode(mapping.mode, received) != delivery.mode:
        named = f"{received.gateway_type} (not {delivery.mode} mode)"
        return _ignored(received._replace(gateway_type=named), mapping)
    if has_unknown(mapping):
        raise UnreadableEvent("the mapping has values that only a newer release knows")
    number = ruling(received.gateway_type, body, mapping)
    return _by_rule(mapping.rules[number], f"rules[{number}]", received, mapping)


def ruling(gateway_type: str, body: object, mapping: Mapping) -> int:
    """Return which rule counts for an event: the first of its type whose conditions all hold."""
    for number, rule in enumerate(mapping.rules):
        if gateway_type in rule.type and all(
            holds(path, allowed, body) for path, allowed in rule.when.items()
        ):
            return number
    raise UnreadableEvent(f"{gateway_type}: no rule's conditions hold")


def holds(path: str, allowed: Values, body: object) -> bool:
    """Return whether what stands at a path is one of some values; true is not 1."""
    found = find(path, body)
    return any(type(found) is type(value) and found == value for value in allowed)


def _mode(source: ModeSource, received: ReceivedEvent) -> str:
    for mode in ("live", "test"):
        if holds(source.path, getattr(source, mode), received.body):
            return mode
    raise UnreadableEvent(f"{received.gateway_type}: {source.path} is neither live nor test")


def _ignored(received: ReceivedEvent, head: MappingHead) -> Ignored:
    """Keep an event we don't act on; when it happened matters to nobody then."""
    try:
        happened_at = values.instant(head.happened_at, received.body)
    except UnreadableEvent:
        happened_at = received.delivery.received_at
    return Ignored(
        event_id=received.event_id,
        subject=_subject(SubjectKind.OBJECT, received.event_id, received),
        gateway_type=received.gateway_type,
        happened_at=happened_at,
    )


def _by_rule(
    rule: Rule, place: str, received: ReceivedEvent, mapping: Mapping
) -> GatewayEvent | Ignored:
    if rule.ignore:
        return _ignored(received, mapping)
    try:
        return _event(rule, received, mapping)
    except UnreadableEvent as error:
        raise UnreadableEvent(f"{received.gateway_type}, {place}: {error}") from error


def _event(rule: Rule, received: ReceivedEvent, mapping: Mapping) -> GatewayEvent:
    subject = _whose(rule.about or About(), received)
    happened_at = values.instant(mapping.happened_at, received.body)
    happened = Happened(happened_at, subject.subject_id)
    object_reports = tuple(
        _object_report(one, happened, received, mapping) for one in rule.object_reports
    )
    _refuse_shared_ids(object_reports, subject)
    sources = {name: getattr(rule, name) or getattr(mapping, name) for name in _OF_THE_ORDER}
    return GatewayEvent(
        event_id=received.event_id,
        subject=subject,
        gateway_type=received.gateway_type,
        happened_at=happened_at,
        object_reports=object_reports,
        **{name: values.owned(source, received.body) for name, source in sources.items()},
    )


def _whose(about: About, received: ReceivedEvent) -> Subject:
    ways = {
        SubjectKind.PAYMENT: about.payment,
        SubjectKind.PAYOUT: about.payout,
        SubjectKind.OBJECT: about.object,
    }
    for kind, path in ways.items():
        if path and (found := values.optional_identifier(path, received.body)):
            return _subject(kind, found, received)
    raise UnreadableEvent(f"{' or '.join(filter(None, ways.values()))} is missing: whose is it?")


def _subject(kind: SubjectKind, subject_id: str, received: ReceivedEvent) -> Subject:
    delivery = received.delivery
    return Subject(
        gateway=delivery.gateway, account=delivery.account, kind=kind, subject_id=subject_id
    )


def _object_report(
    source: StandingSource, happened: Happened, received: ReceivedEvent, mapping: Mapping
) -> ObjectReport:
    amount = values.amount(source.amount, received.body, mapping.currency, mapping.decimals)
    if amount.amount_minor < 0 and source.kind not in SIGNED:
        raise UnreadableEvent(f"the {source.kind} has an amount below zero; negate turns it round")
    happened_at, subject_id = happened
    if source.happened_at:
        happened_at = values.instant(source.happened_at, received.body)
    owner = source.belongs_to and values.optional_identifier(source.belongs_to, received.body)
    movement = source.movement and _movement(source.movement, amount, received, mapping)
    return ObjectReport(
        object_id=values.identifier(source.id, received.body) + SUFFIXES.get(source.kind, ""),
        kind=source.kind,
        state=source.state,
        amount=amount,
        happened_at=happened_at,
        movement=movement,
        is_assumed=source.is_assumed,
        belongs_to=(owner or subject_id) if source.belongs_to else None,
        **_means(source, received.body)._asdict(),
        card_country=country(values.code(source.country, received.body)),
        **{name: values.code(getattr(source, name), received.body) for name in _TEXTS},
    )


def _means(source: StandingSource, body: object) -> Means:
    """Return the method and brand; a brand alone says its method, and one beside it is kept."""
    method, brand = values.code(source.method, body), values.code(source.brand, body)
    return branded(means(method), brand) if method else means(brand)


def _movement(
    source: MovementSource, gross: Money, received: ReceivedEvent, mapping: Mapping
) -> Movement:
    moves = values.code(source.moves, received.body)
    if moves is None:
        raise UnreadableEvent(f"{source.moves.path} is missing: what moved the balance?")
    fee_minor = 0
    if source.fee:
        fee = values.amount(source.fee, received.body, mapping.currency, mapping.decimals)
        fee_minor = fee.amount_minor
        if fee.currency != gross.currency:
            raise UnreadableEvent("the fee isn't in the currency of what it was taken from")
    exchanged = source.exchanged and values.amount(
        source.exchanged, received.body, mapping.currency, mapping.decimals
    )
    return Movement(moves=moves, gross=gross, fee_minor=fee_minor, exchanged=exchanged)


def _refuse_shared_ids(object_reports: tuple[ObjectReport, ...], subject: Subject) -> None:
    """Ids alone tell objects apart; without a suffix only a charge may have its payment's."""
    ids = [one.object_id for one in object_reports]
    if len(set(ids)) < len(ids):
        raise UnreadableEvent("two of its objects have one id")
    for one in object_reports:
        if one.kind in (K.DISPUTE, K.CHECKOUT) and one.object_id == subject.subject_id:
            raise UnreadableEvent(f"the {one.kind} has its payment's id, it needs one of its own")
