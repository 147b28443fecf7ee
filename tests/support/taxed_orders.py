"""Orders whose lines say how they are taxed, of a shop in Finland, and who buys."""

from typing import Any

import pytest

from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.orders.attempts import begun
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.sent_order import SentOrder
from kassa.orders.store import Orders
from kassa.platform.settings import settings
from kassa.taxes.store import SavedRates
from tests.support.aws_stack import NOW, Stack
from tests.support.orders import order

STANDARD = {"category": "S", "rate": "25.5"}
REDUCED = {"category": "S", "rate": "13.5"}
LAMP = {"name": "Lamp", "quantity": 2, "amount_minor": 60_00, "sku": "L-1", "tax": STANDARD}
BOOK = {"name": "Book", "quantity": 1, "amount_minor": 40_00, "tax": REDUCED, "discount_minor": 500}
BUYER = {
    "name": "Maija Esimerkki",
    "address": {"lines": ["Testikuja 3"], "city": "Turku", "postal_code": "20100", "country": "FI"},
}


@pytest.fixture(autouse=True)
def in_finland(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the merchant sell from Finland."""
    monkeypatch.setenv("MERCHANT_COUNTRY", "FI")
    monkeypatch.setenv("MERCHANT_TAX_ID", "FI01120389")
    monkeypatch.setenv("MERCHANT_ADDRESS", "Esimerkkikatu 1|00100 Helsinki")
    settings.cache_clear()


def send(**fields: Any) -> SentOrder:
    """Keep an order and who buys, as a shop's POST /orders does."""
    buyer = fields.pop("buyer", BUYER)
    content = order(**{"lines": [LAMP, BOOK], "country": "FI"} | fields)
    sent = SentOrder.model_validate(content.model_dump() | {"buyer": buyer})
    assert sent.buyer is not None
    Customers("main").keep(sent.buyer_id, sent.order_id, sent.buyer)
    attempts = (begun(1, ("stripe", "main"), NOW),)
    orders = Orders("main")
    seller = Merchant.from_settings(settings().model_dump())
    resolved = SavedRates("main").resolved(sent.content, orders, seller)
    orders.open(resolved, OrderLifecycle(order_id=sent.order_id, attempts=attempts))
    return sent
