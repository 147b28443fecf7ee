"""Reads what gateways say: leads from a delivery to its gateway's reader and its look-ups."""

from typing import Any, cast

from kassa.adapters import archive
from kassa.adapters.gateways import registry
from kassa.adapters.gateways.protocols import Reader
from kassa.domain.events import Delivery, GatewayEvent, Hint, Ignored


def read(delivery: Delivery) -> GatewayEvent | Ignored | Hint:
    """Read a delivery with its gateway's reader; raise UnknownGateway if it has none."""
    return _reader(delivery).read(archive.body_of(delivery), delivery)


def confirmed(hint: Hint, answer: dict[str, Any], delivery: Delivery) -> GatewayEvent | Ignored:
    """Read what the gateway answered when a hint was read back."""
    return _reader(delivery).confirmed(hint, answer, delivery)


def _reader(delivery: Delivery) -> Reader:
    return cast(Reader, registry.module(delivery.gateway, "reader"))
