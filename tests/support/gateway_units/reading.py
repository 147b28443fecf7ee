"""How each gateway's objects are read around one amount in the gateway's own units.

A gateway's file beside this one has `READ`: by the object's kind, a function from an amount as it
left Kassa (`wire`) and its currency to what the real reader makes of it. Of a gateway that is asked
for money it also has `page` and `refund`: from a request's body to the amount of a page and of its
lines, and to that of a refund.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import Delivery, GatewayEvent, ObjectKind, ObjectReport

K = ObjectKind
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT_S, AT_TEXT = int(AT.timestamp()), "2026-11-21T09:00:00Z"
Reading = Callable[[Any, str], Money]


def only(stands: tuple[ObjectReport, ...], kind: ObjectKind) -> Money:
    """Return the one amount of a kind."""
    amounts = {one.amount for one in stands if one.kind is kind}
    (amount,) = amounts
    return amount


def delivery(gateway: str, origin: str = "look_up") -> Delivery:
    """Return a delivery of a gateway."""
    fields = {"gateway": gateway, "account": "main", "merchant_id": "main", "mode": "live"}
    return Delivery.model_validate(
        fields | {"received_at": AT, "delivery_id": "d", "origin": origin}
    )


def event(read: object) -> tuple[ObjectReport, ...]:
    """Return how the objects of an event stand."""
    assert isinstance(read, GatewayEvent)
    return read.object_reports
