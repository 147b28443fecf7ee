"""A shop without checkouts of Kassa's: it sells through the official stripe client.

Runs against the gateway whose webhooks the stack receives; knows nothing of Kassa.
"""

import time
from contextlib import suppress
from typing import Any

import stripe

from infra.demo.result import OrderResult
from infra.demo.scenario import Order
from infra.local.place import STRIPE, Player
from infra.stack import Stack

stripe.enable_telemetry = False  # it would write an id into HOME, and tell Stripe how long we took

PAUSE_S = 0.3  # localstripe tells each event once: a webhook refused with 429 would be lost


class StripeShop:
    """Sells orders through one account at the gateway."""

    def __init__(self, stack: Stack) -> None:
        """Open a client for a gateway that isn't Stripe's own address."""
        api_key, address = stack.api_keys[STRIPE], str(stack.gateway_url)
        client = stripe.StripeClient(api_key, base_addresses={"api": address})
        self._api: Any = client.v1
        self._customers: dict[str, str] = {}
        self._is_localstripe = stack.gateway == Player.LOCALSTRIPE

    def sell(self, order: Order, name: str | None = None) -> OrderResult:
        """Collect a payment for an order, of a customer of its own unless one is named."""
        customer = self._customer(name or f"Customer of {order.order_id}")
        method = self._api.payment_methods.create(
            {
                "type": "card",
                "card": {"number": order.card, "exp_month": 12, "exp_year": 2030, "cvc": "123"},
            }
        )
        self._api.payment_methods.attach(method.id, {"customer": customer})
        payment = self._api.payment_intents.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "customer": customer,
                "payment_method": method.id,
                "metadata": {"order_id": order.order_id, "language": order.language},
            }
        )
        self._pause()
        with suppress(stripe.CardError):  # declined: that is an end too
            self._api.payment_intents.confirm(payment.id)
        self._pause()
        return OrderResult(order, str(payment.id))

    def _customer(self, name: str) -> str:
        """Return a customer's id at the gateway; whoever bought before is the same."""
        if name not in self._customers:
            self._customers[name] = str(self._api.customers.create({"name": name}).id)
        return self._customers[name]

    def pay_out(self, amount_minor: int) -> None:
        """Let the gateway send a part of its euros to the bank."""
        params: dict[str, Any] = {"amount": amount_minor, "currency": "eur"}
        if self._is_localstripe:
            params["status"] = "paid"  # it knows no payout that arrives later
        self._api.payouts.create(params)

    def _pause(self) -> None:
        """Give localstripe's webhooks the time they need; the fake's come again."""
        if self._is_localstripe:
            time.sleep(PAUSE_S)
