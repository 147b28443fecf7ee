"""A small shop: sells through the official stripe client, as a merchant's own would.

Runs against the gateway whose webhooks the stack receives; knows nothing of Kassa.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import stripe

CARD, DECLINED_CARD = "4242424242424242", "4000000000000341"
PAUSE_S = 0.3  # the gateway tells each event once: a webhook refused with 429 would be lost


@dataclass(frozen=True)
class Order:
    """What a customer orders, and what becomes of it."""

    order_id: str
    amount_minor: int
    currency: str
    language: str
    card: str = CARD
    refund_minor: int = 0
    is_disputed: bool = False


@dataclass(frozen=True)
class Sale:
    """An order and how the gateway names what came of it."""

    order: Order
    payment_id: str
    charge_id: str | None = None
    refund_id: str | None = None

    @property
    def is_captured(self) -> bool:
        """Tell whether money was taken."""
        return self.order.card == CARD


ORDERS = (
    Order("order-1001", 12_800, "JPY", "ja"),
    Order("order-1002", 129_00, "EUR", "en", refund_minor=29_00),
    Order("order-1003", 860_00, "HKD", "en"),
    Order("order-1004", 12_340, "KWD", "en"),  # 12.340 dinars: three decimals
    Order("order-1005", 55_50, "EUR", "en", card=DECLINED_CARD),
    Order("order-1006", 4_200, "JPY", "ja", is_disputed=True),
    Order("order-1007", 240_00, "EUR", "en"),
)
PAYOUT_EUR_MINOR = 150_00


class Shop:
    """Sells orders through one account at the gateway."""

    def __init__(self, api_base: str, api_key: str) -> None:
        """Open a client for a gateway that isn't Stripe's own address."""
        self._client = stripe.StripeClient(api_key, base_addresses={"api": api_base})

    def sell(self, order: Order) -> Sale:
        """Collect a payment for an order, and give back what the customer returned."""
        payment_id, charge_id = self._collect(order)
        sale = Sale(order, payment_id, charge_id)
        if not order.refund_minor:
            return sale
        refund = self._client.v1.refunds.create(
            {"payment_intent": payment_id, "amount": order.refund_minor}
        )
        return Sale(order, payment_id, charge_id, refund.id)

    def _collect(self, order: Order) -> tuple[str, str | None]:
        customer = self._client.v1.customers.create({"name": f"Customer of {order.order_id}"})
        method = self._client.v1.payment_methods.create(
            {
                "type": "card",
                "card": {"number": order.card, "exp_month": 12, "exp_year": 2030, "cvc": "123"},
            }
        )
        self._client.v1.payment_methods.attach(method.id, {"customer": customer.id})
        payment = self._client.v1.payment_intents.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "customer": customer.id,
                "payment_method": method.id,
                "metadata": {"order_id": order.order_id, "language": order.language},
            }
        )
        time.sleep(PAUSE_S)
        try:
            confirmed = self._client.v1.payment_intents.confirm(payment.id)
        except stripe.CardError:
            return payment.id, None
        charge = confirmed.latest_charge
        return payment.id, charge if isinstance(charge, str) or charge is None else charge.id

    def pay_out(self, amount_minor: int) -> str:
        """Let the gateway send a part of its euros to the bank."""
        payout = self._client.v1.payouts.create(
            {"amount": amount_minor, "currency": "eur", "status": "paid"}  # type: ignore[typeddict-unknown-key]
        )
        return payout.id


def sell_everything(shop: Shop, tell: Callable[[str], None]) -> list[Sale]:
    """Sell the orders one by one, as slowly as the gateway's webhooks need."""
    sales = []
    for order in ORDERS:
        tell(f"{order.order_id} in {order.currency}")
        sales.append(shop.sell(order))
        time.sleep(PAUSE_S)
    return sales
