"""The one scenario at a fake BTCPay: invoices paid, given up, and refunded by pull payments."""

import json
import random
from typing import Any
from urllib.parse import urlsplit

from infra.fake_gateways.btcpay import coins
from infra.fake_gateways.btcpay.model import FakeBtcpay
from infra.fake_gateways.btcpay.store import Switches
from infra.fake_gateways.btcpay.webhooks import Delivery
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support.gateway_scenes.scene import Arrival, Clock, FakeGatewayScene

SECRET, API_KEY = "btcpay-webhook-secret", "btcpay-api-key"


class BtcpayScene(FakeGatewayScene[FakeBtcpay]):
    """A store, its one webhook, and whoever pays, refunds or gives up there."""

    gateway = "btcpay"
    paid_with = ("crypto", "btc")
    # Nobody disputes, reverses or returns coins, and nothing is authorised to be captured later.
    can = frozenset({"pay", "decline", "refund", "disprove"})

    def __init__(self, now: Clock, seed: int) -> None:
        """Open the fake in process."""
        self.fake = FakeBtcpay(now, random.Random(seed), Switches(api_key=API_KEY))
        self.fake.webhooks.on_delivery = self._keep
        self.fake.webhooks.register("https://kassa.example/webhooks/btcpay/main", SECRET)
        self._deliveries: list[Delivery] = []
        self._payments: dict[str, str] = {}  # by order

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what stands in Secrets Manager."""
        merchant = {"merchant_id": "shop", "mode": "live"}
        access = {"api_key": API_KEY, "api_base": self.fake.switches.base}
        return {
            "webhooks/btcpay/main": merchant | {"signing_secrets": [SECRET]},
            "api/btcpay/main": merchant | access | {"shop": self.fake.switches.store_id},
        }

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Answer our calls, or lose them where a fault says so."""
        parts = urlsplit(request.url)
        incoming = (request.method, parts.path, parts.query, request.headers, request.body)
        return self.carried(request, lambda: self.fake.request(*incoming))

    def arrivals(self) -> list[Arrival]:
        """Return the webhooks sent since the last call."""
        deliveries, self._deliveries = self._deliveries, []
        return [Arrival(one.body, one.headers) for one in deliveries]

    def pay(self, order_id: str, amount_minor: int) -> None:
        """Let a customer pay an order in full, and the chain confirm it."""
        sold = self.fake.sell(order_id, amount_minor, self.currency)
        self._payments[order_id] = sold["payment_id"]

    def decline(self, order_id: str, amount_minor: int) -> None:
        """Let a customer's coins never be confirmed."""
        amount = coins.text(coins.in_currency(amount_minor, self.currency))
        price = {"amount": amount, "currency": self.currency}
        body = json.dumps(price | {"metadata": {"orderId": order_id}}).encode()
        path = f"/api/v1/stores/{self.fake.switches.store_id}/invoices"
        made = self.fake.request("POST", path, "", {"Authorization": f"token {API_KEY}"}, body)
        self.fake.finish_checkout(made.body["id"], "declined")

    def refund(self, order_id: str, amount_minor: int) -> None:
        """Let somebody refund a part in the dashboard; the customer claims it at once."""
        self.fake.refund_in_dashboard(self._payments[order_id], amount_minor)

    def fail_last_refund(self, order_id: str) -> None:
        """Refused by the fake: coins that were paid out don't come back."""
        self.fake.fail_refund(order_id)

    def disprove(self, order_id: str) -> None:
        """Let the chain forget the coins that had settled an invoice."""
        self.fake.undo_payments(self._payments[order_id])

    def return_debit(self, order_id: str) -> None:
        """Refuse: no bank is asked."""
        raise ValueError("BTCPay knows no debits")

    def reverse(self, order_id: str, amount_minor: int) -> None:
        """Refuse: what left a wallet left by a refund."""
        raise ValueError("BTCPay knows no reversals")

    def pay_in_parts(self, order_id: str, parts_minor: tuple[int, ...], settled_in: str) -> None:
        """Refuse: coins aren't captured in parts; several payments of an invoice are one charge."""
        raise ValueError("BTCPay knows no captures")

    def dispute(
        self,
        order_id: str,
        outcome: str,
        amount_minor: int | None = None,
        returned_minor: int = 0,
    ) -> None:
        """Refused by the fake: nobody disputes a chain."""
        self.fake.open_dispute(self._payments[order_id])

    def _keep(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)


SCENE = BtcpayScene
