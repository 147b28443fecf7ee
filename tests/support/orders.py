"""Small builders of orders, for tests."""

from typing import Any

from kassa.core.money import Money
from kassa.orders.lifecycle import OrderPayment
from kassa.orders.order import Order
from tests.support.builders import NOW, fact_metadata

ORDER_BODY: dict[str, Any] = {
    "order_id": "order-1",
    "amount_minor": 100_00,
    "currency": "EUR",
    "lines": [{"name": "Lamp", "quantity": 2, "amount_minor": 100_00}],
    "country": "FI",
    "language": "fi",
    "customer_id": "customer-1",
    "success_url": "https://shop.example/thanks",
    "cancel_url": "https://shop.example/cart",
}


def order(**more: Any) -> Order:
    """Return an order; what is given as None is left out."""
    body = {name: value for name, value in (ORDER_BODY | more).items() if value is not None}
    return Order.model_validate(body)


def order_payment(
    payment_id: str, minor: int, currency: str = "EUR", refunded_minor: int = 0
) -> OrderPayment:
    """Return a payment of an order, as it stands by now."""
    return OrderPayment(
        gateway="adyen",
        account="main",
        payment_id=payment_id,
        amount=Money(amount_minor=minor, currency=currency),
        refunded_minor=refunded_minor,
        captured_at=NOW,
        object_id=payment_id,
        last_fact=fact_metadata(f"{payment_id}:captured", payment_id, "adyen"),
    )


MALFORMED: list[tuple[str, Any]] = [
    ("order_id", ""),
    ("order_id", "x" * 65),
    ("order_id", "a b"),
    ("order_id", "../etc"),
    ("order_id", "jane@shop.example"),
    ("order_id", "заказ"),
    ("order_id", 7),
    ("amount_minor", 0),
    ("amount_minor", -1),
    ("amount_minor", "100"),
    ("amount_minor", 1.5),
    ("amount_minor", 10**12 + 1),
    ("currency", "eur"),
    ("currency", "EURO"),
    ("currency", ""),
    ("lines", [{"name": "", "quantity": 1, "amount_minor": 100_00}]),
    ("lines", [{"name": "Lamp", "quantity": 0, "amount_minor": 100_00}]),
    ("lines", [{"name": "Lamp", "quantity": 1, "amount_minor": -1}]),
    ("lines", [{"name": "Lamp", "quantity": 1, "amount_minor": 99_99}]),
    ("lines", [{"name": "Lamp", "quantity": 1, "amount_minor": 1}] * 101),
    ("lines", "Lamp"),
    ("method", "cheque"),
    ("method", "CARD"),
    ("country", "fi"),
    ("country", "FIN"),
    ("language", "finnish"),
    ("language", "fi_FI"),
    ("language", "fi-" + "x" * 9),
    ("customer_id", "jane@shop.example"),
    ("customer_id", ""),
    ("customer_id", "x" * 201),
    ("success_url", "http://shop.example/thanks"),
    ("success_url", "javascript:alert(1)"),
    ("success_url", "https://"),
    ("success_url", "https://shop.example/th anks"),
    ("success_url", "https://shop.example/\nthanks"),
    ("success_url", "https://name:word@shop.example/"),
    ("success_url", "https://[::1"),
    ("success_url", "https://shop.example/" + "x" * 1000),
    ("cancel_url", "//shop.example"),
    ("cancel_url", 7),
    ("email", "jane@shop.example"),
]
