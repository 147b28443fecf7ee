"""BTCPay's amounts: as they are asked for, and in each object that reports them."""

from collections.abc import Mapping
from typing import Any

from kassa.core.money import Money
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay import pull_payments
from tests.support.gateway_units.reading import AT, AT_S, K, Reading, only


def page(body: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the amount of a checkout, and of its lines."""
    return body["amount"], []


def refund(body: dict[str, Any]) -> Any:
    """Return the amount of a refund."""
    return body["customAmount"]


def _btcpay_invoice(wire: str, currency: str) -> dict[str, Any]:
    invoice = {"id": "inv1", "amount": wire, "currency": currency, "status": "Settled"}
    times = {"createdTime": AT_S, "expirationTime": AT_S}
    payment = {"receivedDate": AT_S, "value": wire, "fee": "0", "status": "Settled"}
    method = {"currency": "BTC", "rate": "1", "payments": [payment]}
    return {"invoice": invoice | times | {"metadata": {}}, "methods": [method]}


def _btcpay_charge(wire: str, currency: str) -> Money:
    moment = invoices.Moment(AT, "InvoiceSettled")
    return only(invoices.object_reports(_btcpay_invoice(wire, currency), moment), K.CHARGE)


def _btcpay_refund(wire: str, currency: str) -> Money:
    offer = {"id": "pp1", "name": "rr_1", "currency": currency, "amount": wire, "startsAt": AT_S}
    answer = _btcpay_invoice(wire, currency) | {"refund": offer | {"archived": False}}
    return pull_payments.refund(answer | {"payouts": []}).amount


READ: Mapping[str, Reading] = {"charge": _btcpay_charge, "refund": _btcpay_refund}
