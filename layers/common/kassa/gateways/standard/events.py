"""Read what any gateway sends by Standard Webhooks, as its merchant's mapping says."""

from typing import Any, NoReturn

from kassa.core.errors import UnreadableEvent
from kassa.gateways import parsing as bodies
from kassa.gateways.events import Delivery, GatewayEvent, Ignored
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping import translate as mapping_reading
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.values import Fractional


def read(raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Name an event in our own terms, by the mapping of the account it came to.

    Raises UnreadableEvent for what is no event, what lacks a path that the mapping names, and for
    an account without a mapping: the message waits in the DLQ until there is one.
    """
    return read_by(mappings.mapping_of(delivery.gateway, delivery.account), raw, delivery)


def read_by(mapping: Mapping, raw: bytes, delivery: Delivery) -> GatewayEvent | Ignored:
    """Read an event by a given mapping."""
    body = parsed(raw)
    try:
        return mapping_reading.read(body, mapping, delivery)
    except ValueError as error:  # what a model refuses, such as a text that isn't Unicode
        raise UnreadableEvent(f"the event: {type(error).__name__}") from error


def parsed(raw: bytes) -> dict[str, Any]:
    """Parse a body; numbers that aren't whole stay as they are written, no float holds them."""
    return bodies.parsed(raw, Fractional, _refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
