"""Reads what gateways say: leads from a delivery to its gateway's reader and its look-ups.

Whatever a reader makes of an amount, here it is held to what money can be: below zero, or more than
anybody can pay, it would be booked the wrong way round, or stop every fact archived with it.
"""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from kassa.core.errors import UnreadableEvent
from kassa.gateways import registry
from kassa.gateways.events import (
    AMOUNT_MAX,
    SIGNED,
    Delivery,
    GatewayEvent,
    Hint,
    Ignored,
    Standing,
)
from kassa.gateways.ports import Reader

Read = TypeVar("Read", GatewayEvent | Ignored, GatewayEvent | Ignored | Hint)


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored | Hint:
    """Read a delivery's bytes with its gateway's reader.

    Raises UnknownGateway if it has none, and UnreadableEvent for what isn't understood.
    """
    return _plausible(_reader(delivery).read(raw, delivery))


def confirmed(hint: Hint, answer: dict[str, Any], delivery: Delivery) -> GatewayEvent | Ignored:
    """Read what the gateway answered when a hint was read back; raise UnreadableEvent likewise."""
    return _plausible(_reader(delivery).confirmed(hint, answer, delivery))


def _plausible(event: Read) -> Read:
    for standing in event.standings if isinstance(event, GatewayEvent) else ():
        if standing.amount.amount_minor < 0 and standing.kind not in SIGNED:
            raise UnreadableEvent(f"the {standing.kind} has an amount below zero")
        if any(abs(minor) > AMOUNT_MAX for minor in _amounts(standing)):
            raise UnreadableEvent(f"the {standing.kind} has an amount that nobody can pay")
    return event


def _amounts(standing: Standing) -> Iterator[int]:
    yield standing.amount.amount_minor
    if moved := standing.movement:
        yield from (moved.gross.amount_minor, moved.fee_minor)
        yield moved.exchanged.amount_minor if moved.exchanged else 0


def _reader(delivery: Delivery) -> Reader:
    return cast(Reader, registry.module(delivery.gateway, "events"))
