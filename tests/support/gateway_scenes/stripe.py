"""Stripe's scene: its fake in process behind the official client, signed webhooks by its clock."""

import random
from fractions import Fraction
from typing import Any

import stripe

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.kit.faults import Lost
from infra.fake_gateways.stripe import signing
from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from infra.fake_gateways.stripe.model import FakeStripe
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import (
    EXCHANGE_RATE,
    FEE_FIXED,
    FEE_PERMILLE,
    Arrival,
    Clock,
    FakeGatewayScene,
)

OLD_SECRET, SECRET = "whsec_an_older_one", "whsec_the_newer_one"
DECLINED = "pm_card_chargeDeclined"


class StripeScene(FakeGatewayScene[FakeStripe]):
    """Stripe as cardholders, banks and its dashboard make it go."""

    gateway = "stripe"
    paid_with = ("card", "visa")
    # Stripe takes nothing for captured that wasn't (disprove), and takes money of a payment back
    # by disputes alone (reverse).
    can = frozenset(
        {"pay", "decline", "refund", "refund_fails", "dispute", "payout", "fees"}
        | {"dispute_parts", "debit_return", "captures", "exchange"}
    )

    def __init__(self, now: Clock, seed: int) -> None:
        switches = Switches(fee_permille=FEE_PERMILLE, fee_fixed=FEE_FIXED, dispute_fee=0)
        self.now = now
        self.events: list[Body] = []
        self.is_reachable = True
        self.fake = FakeStripe(
            now, random.Random(seed), switches=switches, on_event=self.events.append
        )
        self.http = InProcessHttpClient(self.fake, before=self._reached)
        self.client = stripe.StripeClient("sk_test_1", http_client=self.http)

    def _reached(self, method: str, path: str) -> None:
        if not self.is_reachable:
            raise Lost

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Two signing secrets are live, one being rolled."""
        shop = {"merchant_id": "main", "mode": "test"}
        return {
            "webhooks/stripe/main": shop | {"signing_secrets": [OLD_SECRET, SECRET]},
            "api/stripe/main": shop | {"api_key": "sk_test_1"},
        }

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Refuse: Stripe is asked through its own client."""
        raise AssertionError(f"Stripe was asked for {request.url} past its client")

    def arrivals(self) -> list[Arrival]:
        """Return the events sent since the last call, signed now."""
        events, self.events[:] = list(self.events), []
        return [self.arrival(event) for event in events]

    def arrival(self, event: Body) -> Arrival:
        """Write one event as it is posted."""
        body = signing.text_of(event)
        signature = signing.signature(body, [SECRET], int(self.now()))
        return Arrival(body, {signing.HEADER.lower(): signature})

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay by card."""
        self.fake.sell(order_id, amount_minor, self.currency)

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's card be declined."""
        self.fake.sell(order_id, amount_minor, self.currency, DECLINED)

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Refund in the dashboard."""
        payment_id = self.payment_id(order_id)
        self.fake.refund_in_dashboard(payment_id=payment_id, amount_minor=amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Let the customer's bank send the last refund back."""
        payment_id = self.payment_id(order_id)
        mine = [one for one in self.truth()["refunds"] if one["payment_id"] == payment_id]
        self.fake.fail_refund(mine[-1]["refund_id"])

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let the customer's bank take money, and decide; a lost dispute may give a part back."""
        payment_id = self.payment_id(order_id)
        dispute = self.fake.open_dispute(payment_id, amount_minor=amount_minor or 0)
        self.fake.close_dispute(dispute["id"], outcome, returned_minor=returned_minor)

    def return_debit(self, order_id: str) -> None:
        """Let a bank take a debit back a day after it had succeeded."""
        self.fake.return_debit(self.payment_id(order_id))

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let a card be captured in parts, each exchanged into what the account settles in."""
        self.fake.switches.currency = settled_in.lower()
        self.fake.switches.rates[self.currency.lower()] = Fraction(EXCHANGE_RATE)
        self.fake.sell_in_parts(order_id, parts_minor, self.currency)

    def pay_out(self) -> None:
        """Let Stripe send its balance to the bank, where it arrives."""
        payout = self.fake.pay_out_all()
        if payout:
            self.fake.settle_payout(payout["id"], "paid")

    def payment_id(self, order_id: str) -> str:
        """Return Stripe's payment of an order: the one that was captured, or else the last."""
        payments = self.truth()["payments"]
        mine: list[str] = [name for name, one in payments.items() if one["order_id"] == order_id]
        return max(mine, key=lambda name: int(payments[name]["captured_minor"] > 0))


SCENE = StripeScene
