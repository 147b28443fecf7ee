"""Read what Adyen says: one item of a webhook, one line of a settlement report, a named refund.

Only signed fields of an item are believed. No time is among them, so an event happened when it
arrived, to the second; a line of a report has its own time, and a capture that it settled goes by
that. Which merchant account is ours was looked at at the door.
"""

import re
from collections.abc import Callable
from datetime import datetime

from kassa.core.errors import InvalidSignature, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways import parsing as pulled
from kassa.gateways.adyen import balance as settlements
from kassa.gateways.adyen import disputes, payments
from kassa.gateways.adyen.notification import (
    Item,
    counted,
    identity,
    is_acted_on,
    is_test,
    items_of,
    label,
    parsed,
    recurring,
    signed_fields,
    signed_values,
)
from kassa.gateways.adyen.parsing import LINE, NAMED, DatedItem
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Ignored,
    ObjectKind,
    ObjectReport,
    Subject,
    SubjectKind,
)

GATEWAY = "adyen"
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_LIVE = {"live": "true", "test": "false"}
_READINGS = payments.READINGS | disputes.READINGS

Event = GatewayEvent | Ignored


def read(raw: bytes, delivery: Delivery) -> Event:
    """Name what Adyen says in our terms; what we don't act on becomes Ignored.

    Raises UnreadableEvent for bytes that are no event, so that the message stays in the queue and
    reaches the DLQ instead of being lost.
    """
    try:
        body = parsed(raw)
        if "kassa" not in body:
            return _notified(body, delivery)
        if delivery.origin == "webhook":  # what Kassa wrote never comes from outside
            raise UnreadableEvent("a webhook says it is ours")
        return _OURS[body["kassa"]](body, delivery)
    except (InvalidSignature, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise UnreadableEvent(f"adyen: {type(error).__name__}") from error


def object_reports(notification: DatedItem) -> tuple[ObjectReport, ...]:
    """Report how the objects of an item stand; nothing for what we don't act on."""
    reading = _READINGS.get((notification.item["eventCode"], notification.item["success"]))
    return tuple(reading(notification)) if reading else ()


def _notified(body: Item, delivery: Delivery) -> Event:
    """Read a webhook of one item, as the door leaves it."""
    (found,) = items_of(body)
    values = signed_values(found)
    if is_test(values) or not is_acted_on(values):
        return _counted(found, delivery, " (test)" if is_test(values) else "")
    item = signed_fields(found) | label(found)
    if body.get("live") != _LIVE[delivery.mode]:
        return _counted(item, delivery, f" (not {delivery.mode} mode)")
    notification = DatedItem(item, _whole_second(delivery), body.get("captures_later") is True)
    return GatewayEvent(
        event_id=identity(item),
        subject=_subject(delivery, SubjectKind.PAYMENT, notification.payment_id),
        gateway_type=_type(item),
        happened_at=notification.happened_at,
        object_reports=object_reports(notification),
        order_id=_order_id(item),
        **recurring(item),
    )


def _counted(found: Item, delivery: Delivery, why: str) -> Ignored:
    """Keep what isn't acted on, in whatever form Adyen gave it."""
    item = counted(found)
    return Ignored(
        event_id=identity(item),
        subject=_subject(delivery, SubjectKind.OBJECT, item["pspReference"]),
        gateway_type=_type(item) + why,
        happened_at=_whole_second(delivery),
    )


def _type(item: Item) -> str:
    """Return the event code, and that it failed; what is no code of theirs has no name."""
    code = item["eventCode"] if _CODE.fullmatch(item["eventCode"]) else "unknown"
    return f"{code} failed" if item["success"] == "false" else code


def _order_id(item: Item) -> str | None:
    """Return the order; only an authorisation's reference is the order's for sure."""
    return item["merchantReference"] or None if item["eventCode"] == "AUTHORISATION" else None


def _settled(body: Item, delivery: Delivery) -> Event:
    """Read a line of a settlement report; it stands with its payment, or by itself."""
    line = {name: _text(body["line"][name]) for name in settlements.COLUMNS}
    object_id = _text(body["object_id"])
    moved = settlements.moved(line, object_id, body.get("captures_later"))
    if moved.is_payout:
        subject = _subject(delivery, SubjectKind.PAYOUT, settlements.payout_id(line))
    elif line["Psp Reference"]:
        subject = _subject(delivery, SubjectKind.PAYMENT, line["Psp Reference"])
    else:
        subject = _subject(delivery, SubjectKind.OBJECT, object_id)
    event = _event(pulled.balance_id(object_id), subject, line["Type"], moved.object_reports)
    if line["Type"] != "Settled":
        return event
    return event.model_copy(update={"order_id": line["Merchant Reference"] or None})


def _named(body: Item, delivery: Delivery) -> Event:
    """Read which submission a refund came of; Adyen's webhooks say how it stands."""
    named = ObjectReport(
        object_id=_text(body["refund_id"]),
        kind=ObjectKind.REFUND,
        state="pending",
        amount=Money.model_validate({name: body[name] for name in Money.model_fields}),
        happened_at=_whole_second(delivery),
        refund_request_id=_text(body["submission_id"]),
    )
    event_id = pulled.look_up_id(named.object_id, body)
    subject = _subject(delivery, SubjectKind.PAYMENT, _text(body["payment_id"]))
    return _event(event_id, subject, f"kassa.{NAMED}", (named,))


_OURS: dict[str, Callable[[Item, Delivery], Event]] = {LINE: _settled, NAMED: _named}


def _event(
    event_id: str, subject: Subject, gateway_type: str, stand: tuple[ObjectReport, ...]
) -> GatewayEvent:
    return GatewayEvent(
        event_id=event_id,
        subject=subject,
        gateway_type=gateway_type,
        happened_at=stand[0].happened_at,
        object_reports=stand,
    )


def _subject(delivery: Delivery, kind: SubjectKind, subject_id: str) -> Subject:
    return Subject(gateway=GATEWAY, account=delivery.account, kind=kind, subject_id=subject_id)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnreadableEvent("a field is no text")
    return value


def _whole_second(delivery: Delivery) -> datetime:
    return delivery.received_at.replace(microsecond=0)
