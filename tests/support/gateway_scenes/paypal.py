"""The scenario at PayPal: its fake in process, with buyers, banks and the merchant's own hands."""

import json
import random
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.paypal import signing
from infra.fake_gateways.paypal.account import Switches
from infra.fake_gateways.paypal.model import FakePayPal
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import FEE_FIXED, FEE_PERMILLE, Arrival, FakeGatewayScene

WEBHOOK_ID = "4JH86294D6297924G"
CLIENT, SECRET = "fake-client", "fake-secret"
HOST = "api-m.sandbox.paypal.com"


class PayPalScene(FakeGatewayScene[FakePayPal]):
    """One account at the fake PayPal."""

    gateway = "paypal"
    paid_with = ("wallet", "paypal")
    # No disprove: PayPal tells captures on their own, so none is ever assumed. No debit_return: a
    # capture is denied while it waits only ("Webhook event names": from pending to denied); what
    # a bank returns later is a reversal. No exchange: conversions are rows of their own, in pairs.
    can = frozenset(
        {
            *("pay", "decline", "refund", "refund_fails", "dispute", "payout", "fees"),
            *("dispute_parts", "reverse", "captures"),
        }
    )

    def __init__(self, now: Callable[[], float], seed: int = 7, **switches: Any) -> None:
        """Open the fake in process; its reports lag no hours and a dispute costs nothing."""
        usual = {"fee_permille": FEE_PERMILLE, "fee_fixed": FEE_FIXED, "dispute_fee": 0}
        self.events: list[Body] = []
        self.fake = FakePayPal(
            now,
            random.Random(seed),
            switches=Switches(**(usual | {"report_lag_s": 0.0} | switches)),
            on_event=self.events.append,
        )
        self.webhook_ids = [WEBHOOK_ID]  # two while one takes over from the other
        self.requests: list[
            str
        ] = []  # method and path of what we asked, tokens and certificates aside
        self._now, self._source = now, random.Random(seed)
        self._payments: dict[str, str] = {}
        self._refunds: dict[str, str] = {}

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what stands in Secrets Manager."""
        webhooks = {
            "merchant_id": "shop",
            "mode": "test",
            "signing_secrets": list(self.webhook_ids),
            "authorities": [signing.signer().authority],
        }
        api = {"merchant_id": "shop", "mode": "test", "api_id": CLIENT, "api_key": SECRET}
        return {"webhooks/paypal/main": webhooks, "api/paypal/main": api}

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer our calls; a host that isn't PayPal's answers nothing."""
        parts = urlsplit(request.url)
        if request.url == signing.signer().url:
            return HttpAnswer(200, {}, signing.signer().pem.encode())
        if parts.hostname != HOST:
            raise GatewayUnavailable(f"{parts.hostname} is not PayPal")
        return self.carried(request, lambda: self._answered(request, parts.path, parts.query))

    def _answered(self, request: HttpRequest, path: str, query: str) -> Answer:
        if path != "/v1/oauth2/token":
            self.requests.append(f"{request.method} {path}")
        return self.fake.request(
            request.method, path, query, dict(request.headers), request.body or b""
        )

    def arrivals(self) -> list[Arrival]:
        """Return the webhooks sent since the last call, one for each webhook id."""
        events, self.events[:] = list(self.events), []
        return [self.signed(event, one) for event in events for one in self.webhook_ids]

    def signed(self, event: Body, webhook_id: str = WEBHOOK_ID, name: str = "") -> Arrival:
        """Return an event as PayPal posts it now."""
        name = name or str(uuid.UUID(int=self._source.getrandbits(128), version=4))
        body = json.dumps(event, separators=(",", ":")).encode()
        named = (webhook_id, name)
        return Arrival(body, signing.headers(body, named, self._now(), signing.signer()))

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a buyer pay on the shop's own page."""
        self._payments[order_id] = self.fake.sell(order_id, amount_minor, self.currency)[
            "payment_id"
        ]

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let PayPal decline what a buyer tried, after it was looked at."""
        switches = self.fake.switches
        switches.captures_begin = "PENDING"
        payment_id = self.fake.sell(order_id, amount_minor, self.currency)["payment_id"]
        switches.captures_begin = "COMPLETED"
        self.fake.settle_capture(payment_id, "DECLINED")

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Let somebody refund a part by hand."""
        made = self.fake.refund_in_dashboard(self._payments[order_id], amount_minor)
        self._refunds[order_id] = made["refund_id"]

    def fail_last_refund(self, order_id: str) -> None:
        """Let the last refund come back."""
        self.fake.fail_refund(self._refunds[order_id])

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let the buyer question the payment, or a part of it, and PayPal decide."""
        opened = self.fake.open_dispute(self._payments[order_id], amount_minor)
        self.fake.close_dispute(opened["dispute_id"], outcome, returned_minor)

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Let PayPal take money back without a dispute."""
        self.fake.reverse_capture(self._payments[order_id], amount_minor)

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let a shop capture an authorised payment in parts; each capture is a payment."""
        self.fake.capture_in_parts(order_id, parts_minor, self.currency)


SCENE = PayPalScene
