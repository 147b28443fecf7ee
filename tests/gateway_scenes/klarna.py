"""Klarna's scene: its twin in process, callbacks to our URL, signed webhooks of disputes."""

import random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.twins.klarna import signing
from infra.twins.klarna.account import Notice, Switches
from infra.twins.klarna.served import words_of
from infra.twins.klarna.twin import KlarnaTwin
from kassa.adapters.gateways.http import HttpAnswer, HttpRequest
from tests.gateway_scenes.scene import FEE_FIXED, FEE_PERMILLE, Arrival, Clock, TwinScene

KEY = "krn:partner:global:notification:signing-key:1:a-signing-key"
OLD_KEY = "krn:partner:global:notification:signing-key:0:an-older-key"
BASE, URL = "https://klarna.test", "https://kassa.test/webhooks/klarna/main"


class KlarnaScene(TwinScene[KlarnaTwin]):
    """Klarna as customers, its people and its portal make it go."""

    gateway = "klarna"
    can = frozenset({"pay", "decline", "refund", "dispute", "payout", "fees"})

    def __init__(self, now: Clock, seed: int) -> None:
        switches = Switches(fee_permille=FEE_PERMILLE, fee_fixed=FEE_FIXED, dispute_fee=0)
        self.told: list[Notice] = []
        self.twin = KlarnaTwin(now, random.Random(seed), switches, self.told.append)
        self.twin.sale_url = signing.callback_url(URL, KEY, "sold")
        self.asked: list[HttpRequest] = []

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
        self.asked.append(request)
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        words = words_of(request.method, parts.query, request.body or b"")
        return self.carried(
            request, lambda: self.twin.request(request.method, parts.path, words, headers)
        )

    def arrivals(self) -> list[Arrival]:
        """Return what Klarna told: callbacks with their URL's query, webhooks with a signature."""
        told, self.told[:] = list(self.told), []
        return [self.arrival(notice) for notice in told]

    def arrival(self, notice: Notice) -> Arrival:
        """Write one notice as it is posted."""
        body = signing.text_of(notice.body)
        if notice.url is not None:
            return Arrival(body, query=dict(parse_qsl(urlsplit(notice.url).query)))
        headers = {name.lower(): value for name, value in signing.signed(body, KEY).items()}
        return Arrival(body, headers)

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay on a page."""
        self.twin.sell(order_id, amount_minor, self.currency)

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let Klarna decline a customer on a page."""
        self.twin.sell(order_id, amount_minor, self.currency, "declined")

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Refund in Klarna's portal, which tells nobody before it settles."""
        self.twin.refund_in_dashboard(self.payment_id(order_id), amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Refuse: Klarna's refunds don't fail later."""
        self.twin.fail_refund(order_id)

    def dispute(self, order_id: str, outcome: str) -> None:
        """Let a customer question an order, and Klarna decide."""
        opened = self.twin.open_dispute(self.payment_id(order_id))
        self.twin.close_dispute(opened["dispute_id"], outcome)

    def payment_id(self, order_id: str) -> str:
        """Return Klarna's order of an order of ours."""
        payments = self.truth()["payments"].items()
        return next(name for name, one in payments if one["order_id"] == order_id)


SCENE = KlarnaScene
