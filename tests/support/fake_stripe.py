"""A fake Stripe with the official client in front of it, as tests use the two."""

import random
from collections import Counter
from typing import Any

import stripe

from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from infra.fake_gateways.stripe.model import FakeStripe

START_S = 1_750_000_000.0
KEY = {"Authorization": "Bearer sk_test_1"}
Body = dict[str, Any]


class Scene:
    """One account, its clock, what it sent, and a client that talks to it in process."""

    def __init__(self, **switches: Any) -> None:
        self.now_s = START_S
        self.events: list[Body] = []
        self.fake = FakeStripe(
            lambda: self.now_s,
            random.Random(7),
            switches=Switches(**switches),
            on_event=self.events.append,
        )
        self.http = InProcessHttpClient(self.fake)
        self.client = stripe.StripeClient("sk_test_1", http_client=self.http)
        self.v1: Any = self.client.v1  # parameters here are as wrong as a test likes

    def pay(self, amount: int = 100_00, card: str = "pm_card_visa", **more: Any) -> Any:
        """Collect a payment; return its payment intent."""
        params: Any = {"amount": amount, "currency": "eur", "payment_method": card, "confirm": True}
        return self.v1.payment_intents.create(params | more)

    def charge(self, payment_id: str) -> Any:
        """Return the latest charge of a payment."""
        found = self.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
        return found.latest_charge

    def refund(self, payment_id: str, amount: int | None = None, **more: Any) -> Any:
        """Ask for a refund, with an idempotency key where `key` is given."""
        key = more.pop("key", None)
        params: Any = {"payment_intent": payment_id, **more}
        if amount is not None:
            params["amount"] = amount
        return self.v1.refunds.create(params, {"idempotency_key": key} if key else None)

    def event_types(self) -> list[str]:
        """Return the types of the events so far, and forget them."""
        types = [event["type"] for event in self.events]
        self.events.clear()
        return types

    def moved(self) -> Counter[str]:
        """Return the sum of the balance's movements by type."""
        sums: Counter[str] = Counter()
        for row in self.v1.balance_transactions.list({"limit": 100}).auto_paging_iter():
            sums[row.type] += row.amount
        return sums
