"""Small builders of what BTCPay Server answers."""

from datetime import UTC, datetime
from typing import Any

from kassa.gateways.events import Delivery

Body = dict[str, Any]
T0 = 1_795_312_800
RATE = "50000.00"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def delivery(origin: str = "webhook", mode: str = "live") -> Delivery:
    return Delivery(
        gateway="btcpay",
        account="main",
        merchant_id="shop",
        mode=mode,
        received_at=at(T0 + 86_400),
        origin=origin,
    )


def payment(eur: str, seconds: int = 60, status: str = "Settled", fee: str = "0") -> Body:
    value = f"{float(eur) / 50_000:.8f}"
    return {"receivedDate": T0 + seconds, "value": value, "fee": fee, "status": status}


def answer(status: str, additional: str = "None", *payments: Body, **invoice: Any) -> Body:
    body: Body = {"id": "inv1", "amount": "10.00", "currency": "EUR", "status": status}
    body |= {"additionalStatus": additional, "createdTime": T0, "expirationTime": T0 + 900}
    body |= {"metadata": {"orderId": "o-1", "customerId": "c-1", "language": "fi"}}
    method = {"currency": "BTC", "rate": RATE, "payments": list(payments)}
    return {"invoice": body | invoice, "methods": [method]}
