"""Seven's amounts: as they are asked for, and in each object that reports them."""

import json
from collections.abc import Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from tests.support.gateway_seven.seven.events import read
from tests.support.gateway_units.reading import AT_TEXT, K, Reading, delivery, event, only


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout; Seven takes no lines."""
    return body["amount"], []


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["amount"]


def _within_a_payment(name: str, kind: ObjectKind, status: str) -> Reading:
    def read_back(wire: int, currency: str) -> Money:
        made = {"id": "x_1", "amount": wire, "status": status, "at": AT_TEXT}
        payment = {"id": "pay_1", "currency": currency, name: [made]}
        sent = {"id": "evt_1", "type": "payment.changed", "at": AT_TEXT, "payment": payment}
        return only(event(read(json.dumps(sent).encode(), delivery("seven", "webhook"))), kind)

    return read_back


READ: Mapping[str, Reading] = {
    "charge": _within_a_payment("captures", K.CHARGE, "captured"),
    "refund": _within_a_payment("refunds", K.REFUND, "succeeded"),
    "dispute": _within_a_payment("disputes", K.DISPUTE, "open"),
    "reversal": _within_a_payment("movements", K.DISPUTE_FUNDS, "withdrawn"),
}
