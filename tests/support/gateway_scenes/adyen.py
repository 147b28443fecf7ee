"""Adyen's scene: its fake in process, and what customers, banks and the merchant's people do."""

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from infra.fake_gateways.adyen.account import Switches
from infra.fake_gateways.adyen.model import FakeAdyen
from infra.fake_gateways.adyen.signing import webhook
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import (
    EXCHANGE_RATE,
    FEE_FIXED,
    FEE_PERMILLE,
    Arrival,
    FakeGatewayScene,
)

KEY, OLD_KEY = "44782DEF" * 8, "0a" * 32
SHOP = "KassaECOM"
BASE = "http://127.0.0.1:8423"


class AdyenScene(FakeGatewayScene[FakeAdyen]):
    """One merchant account, whose captures are immediate until a payment is captured in parts.

    It knows no reversal without a dispute: what Adyen takes back it calls a chargeback, and every
    chargeback has a dispute ("Dispute webhooks"), a SEPA debit's return too.
    """

    gateway = "adyen"
    paid_with = ("card", "visa")
    can = frozenset(
        {
            *("pay", "decline", "refund", "refund_fails", "dispute", "payout", "fees"),
            *("dispute_parts", "disprove", "debit_return", "captures", "exchange"),
        }
    )

    def __init__(self, now: Callable[[], float], seed: int, **switches: Any) -> None:
        """Open the account; dispute fees are none, so that all gateways come to one ledger."""
        fees = {"fee_permille": FEE_PERMILLE, "fee_fixed": FEE_FIXED, "dispute_fee": 0}
        switched: dict[str, Any] = {"shop": SHOP, **fees, **switches}
        self.fake = FakeAdyen(now, random.Random(seed), Switches(**switched))
        self.key = KEY
        self._payments: dict[str, str] = {}  # order -> payment
        self._refunds: dict[str, str] = {}  # order -> its last refund

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what stands in Secrets Manager; two keys are live."""
        both: dict[str, Any] = {"merchant_id": "shop", "mode": "live", "shop": SHOP}
        later = self.fake.switches.captures != "immediate"
        both |= {"captures_later": later}
        webhooks = both | {"signing_secrets": [OLD_KEY, KEY]}
        api = both | {"api_key": "key_1", "api_base": BASE, "report_key": "report_1"}
        return {"webhooks/adyen/main": webhooks, "api/adyen/main": api}

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer our calls, or lose them where a fault says so."""
        path, body = urlsplit(request.url).path, request.body or b""
        return self.carried(
            request, lambda: self.fake.request(request.method, path, body, request.headers)
        )

    def arrivals(self) -> list[Arrival]:
        """Return the webhooks sent since the last call, signed by the newest key."""
        self.fake.run_due()
        is_live = self.fake.switches.is_live
        return [
            Arrival(webhook(items, self.key, is_live)) for items in self.fake.take_notifications()
        ]

    def payment_of(self, order_id: str) -> str:
        """Return Adyen's payment of an order that was paid."""
        return self._payments[order_id]

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay an order in full."""
        self._payments[order_id] = self.fake.sell(order_id, amount_minor, self.currency)[
            "payment_id"
        ]

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's attempt to pay an order fail."""
        self.fake.sell(order_id, amount_minor, self.currency, is_declined=True)

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Let somebody refund a part of an order by hand."""
        made = self.fake.refund_in_dashboard(self._payments[order_id], amount_minor)
        self._refunds[order_id] = made["refund_id"]
        self.fake.run_due()

    def fail_last_refund(self, order_id: str) -> None:
        """Let a card scheme reject the last refund of an order."""
        self.fake.fail_refund(self._refunds[order_id])

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let a bank take an order's money, or a part of it, and decide."""
        dispute = self.fake.open_dispute(self._payments[order_id], amount_minor)
        self.fake.close_dispute(dispute["dispute_id"], outcome, returned_minor)

    def disprove(self, order_id: str) -> None:
        """Let a card scheme reject a capture before it is settled."""
        self.fake.fail_capture(self._payments[order_id])

    def return_debit(self, order_id: str) -> None:
        """Let a debit fail after Adyen had settled it: SettledReversed, and its fee stays."""
        self.fake.pay_out_all()
        self.fake.fail_capture(self._payments[order_id])

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let the account be set to capture by hand, and a payment be captured in parts."""
        self.fake.switches.captures = "manual"
        if settled_in != self.currency:
            self.fake.switches.settles_in = settled_in
            self.fake.switches.exchange_rate = str(EXCHANGE_RATE)
        self.pay(order_id, sum(parts_minor))
        for minor in parts_minor:
            self.fake.capture(self._payments[order_id], minor)
        self.fake.run_due()


SCENE = AdyenScene
