"""Klarna's amounts: as they are asked for, and in each object that reports them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from kassa.gateways.klarna import events as klarna
from tests.support.gateway_units.reading import AT_TEXT, K, Reading, delivery, event, only


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout, and of its lines."""
    return body["order_amount"], [one["total_amount"] for one in body["order_lines"]]


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["refunded_amount"]


def _klarna(kind: ObjectKind, framed: Callable[[int, str], dict[str, Any]]) -> Reading:
    def read(wire: int, currency: str) -> Money:
        raw = json.dumps(framed(wire, currency)).encode()
        return only(event(klarna.read(raw, delivery("klarna"))), kind)

    return read


def _klarna_order(wire: int, currency: str) -> dict[str, Any]:
    order = {
        **{"order_id": "o-1", "status": "CAPTURED", "purchase_currency": currency.lower()},
        **{"order_amount": wire, "created_at": AT_TEXT},
        "captures": [{"capture_id": "c-1", "captured_amount": wire, "captured_at": AT_TEXT}],
        "refunds": [{"refund_id": "r-1", "refunded_amount": wire, "refunded_at": AT_TEXT}],
    }
    return {"kassa": "order", "order": order}


def _klarna_dispute(wire: int, currency: str) -> dict[str, Any]:
    details = {"dispute_amount": wire, "currency": currency}
    body = {"payment_dispute_id": "krn:1", "order_id": "o-1", "state": "INITIATED"}
    body |= {"created_at": AT_TEXT}
    return {"kassa": "dispute", "dispute": body | {"dispute_details": details}}


def _klarna_transaction(wire: int, currency: str) -> dict[str, Any]:
    moved = {"type": "SALE", "detailed_type": "PURCHASE", "amount": wire, "order_id": "o-1"}
    body = {"currency_code": currency, "capture_date": AT_TEXT, "capture_id": "c-1"}
    return {"kassa": "transaction", "id": "t-1", "transaction": moved | body}


def _klarna_payout(wire: int, currency: str) -> dict[str, Any]:
    paid = {"payment_reference": "P1", "currency_code": currency, "payout_date": AT_TEXT}
    payout = paid | {"totals": {"settlement_amount": wire}}
    return {"kassa": "payout", "payout": payout, "unexplained_minor": 0}


READ: Mapping[str, Reading] = {
    "charge": _klarna(K.CHARGE, _klarna_order),
    "refund": _klarna(K.REFUND, _klarna_order),
    "dispute": _klarna(K.DISPUTE, _klarna_dispute),
    "balance transaction": _klarna(K.BALANCE_TRANSACTION, _klarna_transaction),
    "payout": _klarna(K.PAYOUT, _klarna_payout),
}
