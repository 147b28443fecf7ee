"""Reads what gateways say: leads from a delivery to its gateway's reader and its look-ups.

Whatever a reader makes of an amount, here it is held to what money can be: below zero, or more than
anybody can pay, it would be booked the wrong way round, or stop every fact archived with it.
"""

import base64
from collections.abc import Iterator
from typing import Any, TypeVar, cast

from kassa.core.errors import UnreadableEvent
from kassa.gateways import registry
from kassa.gateways.events import (
    AMOUNT_MAX,
    SIGNED,
    Delivery,
    GatewayEvent,
    Ignored,
    ObjectReport,
    UnverifiedNotification,
)
from kassa.gateways.ports import Past, Reader
from kassa.platform import clock, secrets

Read = TypeVar("Read", GatewayEvent | Ignored, GatewayEvent | Ignored | UnverifiedNotification)


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | UnverifiedNotification:
    """Read a delivery's bytes with its gateway's reader.

    Raises UnknownGateway if it has none, and UnreadableEvent for what isn't understood.
    """
    return _plausible(_reader(delivery).read(raw, delivery))


def confirmed(
    notification: UnverifiedNotification, answer: dict[str, Any], delivery: Delivery
) -> GatewayEvent | Ignored:
    """Read what the gateway answered when an unverified notification was read back; raise
    UnreadableEvent likewise.
    """
    return _plausible(_reader(delivery).confirmed(notification, answer, delivery))


def _plausible(event: Read) -> Read:
    for object_report in event.object_reports if isinstance(event, GatewayEvent) else ():
        if object_report.amount.amount_minor < 0 and object_report.kind not in SIGNED:
            raise UnreadableEvent(f"the {object_report.kind} has an amount below zero")
        if any(abs(minor) > AMOUNT_MAX for minor in _amounts(object_report)):
            raise UnreadableEvent(f"the {object_report.kind} has an amount that nobody can pay")
    return event


def _amounts(object_report: ObjectReport) -> Iterator[int]:
    yield object_report.amount.amount_minor
    if moved := object_report.movement:
        yield from (moved.gross.amount_minor, moved.fee_minor)
        yield moved.exchanged.amount_minor if moved.exchanged else 0


def _reader(delivery: Delivery) -> Reader:
    return cast(Reader, registry.module(delivery.gateway, "events"))


def delivery_of(
    gateway: str, account: str, origin: str, body: bytes, past: Past | None = None
) -> Delivery:
    """Wrap what was read at a gateway as its webhooks are, so that it takes the same way.

    Where its past is imported, the books begin with that.
    """
    access = secrets.api_access(gateway, account)
    return Delivery(
        gateway=gateway,
        account=account,
        merchant_id=access.merchant_id,
        mode=access.mode,
        received_at=clock.now().replace(microsecond=0),
        origin=origin,
        body_base64=base64.b64encode(body).decode(),
        opened_at=past.begins_at if past else access.opened_at,
        imported_until=past.ends_at if past else None,
        shop=access.shop,
    )
