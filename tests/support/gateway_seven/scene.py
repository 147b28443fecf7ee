"""The one scenario at the seventh gateway."""

import hmac
import json
from typing import Any
from urllib.parse import urlsplit

from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import Arrival, Clock, FakeGatewayScene
from tests.support.gateway_seven.fake import BASE, FakeSeven

SECRET = "seven-webhook-secret"


class SevenScene(FakeGatewayScene[FakeSeven]):
    """The fake in process."""

    gateway = "seven"
    can = frozenset(
        {
            *("pay", "decline", "refund", "refund_fails", "dispute", "dispute_parts"),
            *("debit_return", "reverse", "captures"),
        }
    )
    paid_with = ("card", "visa")

    def __init__(self, now: Clock, seed: int) -> None:
        """Open an account."""
        self.fake = FakeSeven(now)

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what stands in Secrets Manager."""
        merchant = {"merchant_id": "shop", "mode": "live"}
        return {
            "webhooks/seven/main": merchant | {"signing_secrets": [SECRET]},
            "api/seven/main": merchant | {"api_key": "seven-key", "api_base": BASE},
        }

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer our calls."""
        url = urlsplit(request.url)
        incoming = (request.method, url.path, url.query, request.headers, request.body)
        return self.carried(request, lambda: self.fake.request(*incoming))

    def arrivals(self) -> list[Arrival]:
        """Return the webhooks sent since this was last asked."""
        sent, self.fake.events = self.fake.events, []
        bodies = [json.dumps(one).encode() for one in sent]
        return [Arrival(one, {"seven-signature": _proof(one)}) for one in bodies]

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay."""
        self.fake.sell(order_id, (amount_minor,), self.currency, "captured")

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let a payment be captured in parts."""
        self.fake.sell(order_id, parts_minor, self.currency, "captured")

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's bank say no."""
        self.fake.sell(order_id, (amount_minor,), self.currency, "failed")

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Refund by hand."""
        self.fake.refund(self._payment_id(order_id), amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Let the last refund of an order come back."""
        self.fake.fail_last_refund(self._payment_id(order_id))

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let a bank take the money and decide."""
        payment_id = self._payment_id(order_id)
        amount = self.fake.left(payment_id) if amount_minor is None else amount_minor
        self.fake.dispute(payment_id, amount, outcome, returned_minor)

    def return_debit(self, order_id: str) -> None:
        """Let a bank take a debit back."""
        self.fake.return_debit(self._payment_id(order_id))

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Let the gateway take money back."""
        self.fake.reverse(self._payment_id(order_id), amount_minor)

    def disprove(self, order_id: str) -> None:
        """Refuse: a capture is sure as soon as it is sent."""
        raise ValueError("Seven takes nothing for captured")

    def _payment_id(self, order_id: str) -> str:
        payments = self.fake.payments.items()
        return next(
            name
            for name, one in payments
            if one["order_id"] == order_id and one["captures"][0]["status"] != "failed"
        )


def _proof(body: bytes) -> str:
    return hmac.digest(SECRET.encode(), body, "sha256").hex()


SCENE = SevenScene
