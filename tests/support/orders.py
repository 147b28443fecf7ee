"""Small builders of orders, for tests."""

from typing import Any

from kassa.orders.order import Order

WORDS: dict[str, Any] = {
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


def order(**words: Any) -> Order:
    """Return an order; what is given as None is left out."""
    said = {name: word for name, word in (WORDS | words).items() if word is not None}
    return Order.model_validate(said)
