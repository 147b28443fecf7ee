"""A small shop: sells through the official stripe client, as a merchant's own would.

Runs against the gateway whose webhooks the stack receives; knows nothing of Kassa.
"""

import time
from collections.abc import Callable
from typing import Any

import stripe

from infra.local.accounts import GATEWAY
from infra.local.orders import ORDERS, PAYOUT_EUR_MINOR, Order, Sale
from infra.local.place import Player
from infra.stack import Stack

stripe.enable_telemetry = False  # it would write an id into HOME, and tell Stripe how long we took

PAUSE_S = 0.3  # localstripe tells each event once: a webhook refused with 429 would be lost


class Shop:
    """Sells orders through one account at the gateway."""

    def __init__(self, stack: Stack) -> None:
        """Open a client for a gateway that isn't Stripe's own address."""
        api_key, address = stack.api_keys[GATEWAY], str(stack.gateway_url)
        client = stripe.StripeClient(api_key, base_addresses={"api": address})
        self._api: Any = client.v1
        self._is_localstripe = stack.gateway == Player.LOCALSTRIPE

    def sell(self, order: Order) -> Sale:
        """Collect a payment for an order."""
        customer = self._api.customers.create({"name": f"Customer of {order.order_id}"})
        method = self._api.payment_methods.create(
            {
                "type": "card",
                "card": {"number": order.card, "exp_month": 12, "exp_year": 2030, "cvc": "123"},
            }
        )
        self._api.payment_methods.attach(method.id, {"customer": customer.id})
        payment = self._api.payment_intents.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "customer": customer.id,
                "payment_method": method.id,
                "metadata": {"order_id": order.order_id, "language": order.language},
            }
        )
        self._pause()
        try:
            confirmed = self._api.payment_intents.confirm(payment.id)
        except stripe.CardError:
            return Sale(order, payment.id)
        charge = confirmed.latest_charge
        return Sale(order, payment.id, charge if isinstance(charge, str) else charge.id)

    def sell_everything(self, tell: Callable[[str], None]) -> list[Sale]:
        """Sell the orders one by one."""
        sales = []
        for number, order in enumerate(ORDERS, start=1):
            tell(f"selling {number} of {len(ORDERS)}: {order.order_id} in {order.currency}")
            sales.append(self.sell(order))
            self._pause()
        return sales

    def pay_out(self) -> str:
        """Let the gateway send a part of its euros to the bank."""
        words: dict[str, Any] = {"amount": PAYOUT_EUR_MINOR, "currency": "eur"}
        if self._is_localstripe:
            words["status"] = "paid"  # it knows no payout that arrives later
        payout = self._api.payouts.create(words)
        return str(payout.id)

    def _pause(self) -> None:
        """Give localstripe's webhooks the time they need; the fake's come again."""
        if self._is_localstripe:
            time.sleep(PAUSE_S)
