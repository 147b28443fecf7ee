"""PayPal's amounts: as they are asked for, and in each object that reports them."""

from collections.abc import Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from kassa.gateways.paypal import balance as transactions
from kassa.gateways.paypal import disputes, payments
from tests.support.gateway_units.reading import AT, AT_TEXT, K, Reading, only


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout, and of its lines."""
    (unit,) = body["purchase_units"]
    total = {name: unit["amount"][name] for name in ("currency_code", "value")}
    return total, [one["unit_amount"] for one in unit.get("items", [])]


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["amount"]


def _paypal_capture(wire: Any, currency: str) -> Money:
    body = {"id": "C1", "status": "COMPLETED", "amount": wire, "create_time": AT_TEXT}
    return only(payments.capture(body, AT).object_reports, K.CHARGE)


def _paypal_sale(wire: Any, currency: str) -> Money:
    """The first generation's shape."""
    amount = {"total": wire["value"], "currency": wire["currency_code"]}
    body = {"id": "S1", "state": "completed", "amount": amount, "create_time": AT_TEXT}
    return only(payments.sale(body, AT).object_reports, K.CHARGE)


def _paypal_refund(wire: Any, currency: str) -> Money:
    body = {"id": "R1", "status": "COMPLETED", "amount": wire, "create_time": AT_TEXT}
    return only(payments.refund(body, AT).object_reports, K.REFUND)


def _paypal_dispute(wire: Any, currency: str) -> Money:
    body = {"dispute_id": "PP-D-1", "status": "OPEN", "dispute_amount": wire}
    return only(disputes.dispute(body | {"create_time": AT_TEXT}, AT).object_reports, K.DISPUTE)


def _paypal_row(code: str, kind: ObjectKind) -> Reading:
    def read(wire: Any, currency: str) -> Money:
        row = {
            **{"transaction_id": "T1", "transaction_event_code": code, "transaction_status": "S"},
            **{"transaction_amount": wire, "transaction_initiation_date": AT_TEXT},
        }
        return only(transactions.transaction(row, AT).object_reports, kind)

    return read


READ: Mapping[str, Reading] = {
    "charge": _paypal_capture,
    "sale": _paypal_sale,
    "refund": _paypal_refund,
    "dispute": _paypal_dispute,
    "balance transaction": _paypal_row("T0006", K.BALANCE_TRANSACTION),
    "payout": _paypal_row("T0400", K.PAYOUT),
}
