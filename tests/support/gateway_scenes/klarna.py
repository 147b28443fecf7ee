"""Klarna's scene: its fake in process, callbacks to our URL, signed webhooks of disputes."""

import random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.fake_gateways.klarna import signing
from infra.fake_gateways.klarna.account import Notice, Switches
from infra.fake_gateways.klarna.model import FakeKlarna
from infra.fake_gateways.klarna.server import params_of
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import (
    FEE_FIXED,
    FEE_PERMILLE,
    Arrival,
    Clock,
    FakeGatewayScene,
)

KEY = "krn:partner:global:notification:signing-key:1:a-signing-key"
OLD_KEY = "krn:partner:global:notification:signing-key:0:an-older-key"
BASE, URL = "https://klarna.test", "https://kassa.test/webhooks/klarna/main"


class KlarnaScene(FakeGatewayScene[FakeKlarna]):
    """Klarna as customers, its people and its portal make it go."""

    gateway = "klarna"
    paid_with = ("pay_later", "klarna")
    # Its captures are final, and the risk of a customer's bank is Klarna's own: nothing is
    # disproved and no debit is returned. It settles in the order's currency: no exchange.
    can = frozenset(
        {
            *("pay", "decline", "refund", "dispute", "payout", "fees"),
            *("dispute_parts", "reverse", "captures"),
        }
    )

    def __init__(self, now: Clock, seed: int) -> None:
        switches = Switches(fee_permille=FEE_PERMILLE, fee_fixed=FEE_FIXED, dispute_fee=0)
        self.notices: list[Notice] = []
        self.fake = FakeKlarna(now, random.Random(seed), switches, self.notices.append)
        self.fake.sale_url = signing.callback_url(URL, KEY, "sold")
        self.requests: list[HttpRequest] = []

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Two signing keys are live, one being rolled; our URLs are signed by the newer."""
        shop = {"merchant_id": "main", "mode": "live"}
        api = {"api_id": "PK00000_0", "api_key": "secret", "api_base": BASE}
        return {
            "webhooks/klarna/main": shop | {"signing_secrets": [OLD_KEY, KEY]},
            "api/klarna/main": shop | api | {"webhook_url": URL, "callback_secret": KEY},
        }

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer a call, or lose it where a fault says so."""
        self.requests.append(request)
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        given = (request.method, parts.query, request.body or b"")
        params = params_of(*given, headers.get("content-type", ""))
        return self.carried(
            request, lambda: self.fake.request(request.method, parts.path, params, headers)
        )

    def arrivals(self) -> list[Arrival]:
        """Return what Klarna sent: callbacks with their URL's query, webhooks with a signature."""
        notices, self.notices[:] = list(self.notices), []
        return [self.arrival(notice) for notice in notices]

    def arrival(self, notice: Notice) -> Arrival:
        """Write one notice as it is posted."""
        body = signing.text_of(notice.body)
        if notice.url is not None:
            return Arrival(body, query=dict(parse_qsl(urlsplit(notice.url).query)))
        headers = {name.lower(): value for name, value in signing.signed(body, KEY).items()}
        return Arrival(body, headers)

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay on a page."""
        self.fake.sell(order_id, amount_minor, self.currency)

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let Klarna decline a customer on a page."""
        self.fake.sell(order_id, amount_minor, self.currency, "declined")

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Refund in Klarna's portal, which notifies nobody before it settles."""
        self.fake.refund_in_dashboard(self.payment_id(order_id), amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Refuse: Klarna's refunds don't fail later."""
        self.fake.fail_refund(order_id)

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Let a customer question an order, and Klarna decide."""
        opened = self.fake.open_dispute(self.payment_id(order_id), amount_minor)
        self.fake.close_dispute(opened["dispute_id"], outcome, returned_minor)

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Let a settlement name a reversal without its dispute."""
        self.fake.reverse(self.payment_id(order_id), amount_minor)

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Let an order be placed and then captured in the portal, part by part."""
        sold = self.fake.sell(order_id, sum(parts_minor), self.currency, mode="PLACE_ORDER")
        for minor in parts_minor:
            self.fake.capture_in_dashboard(sold["payment_id"], minor)

    def disprove(self, order_id: str) -> None:
        """Refuse: what Klarna captured is captured."""
        raise ValueError("Klarna disproves no capture")

    def return_debit(self, order_id: str) -> None:
        """Refuse: a bank that takes a debit back takes it from Klarna."""
        raise ValueError("Klarna's captures aren't returned")

    def payment_id(self, order_id: str) -> str:
        """Return Klarna's order of an order of ours."""
        payments = self.truth()["payments"].items()
        return next(name for name, one in payments if one["order_id"] == order_id)


SCENE = KlarnaScene
