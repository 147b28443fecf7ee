"""The fake BTCPay as a server's model: webhooks signed and sent by the delivery."""

import argparse
import random

from infra.fake_gateways.btcpay.model import FakeBtcpay
from infra.fake_gateways.btcpay.store import Switches
from infra.fake_gateways.btcpay.webhooks import Delivery
from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway


class ServedBtcpay(ServedGateway[FakeBtcpay]):
    """Gives the router a fake, and the delivery its webhooks."""

    def __init__(self, fake: FakeBtcpay, seed: int) -> None:
        """Send every webhook of this fake."""
        super().__init__(fake, seed)
        fake.webhooks.on_delivery = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._fake.request(
            incoming.method, incoming.path, incoming.query, incoming.headers, incoming.body
        )

    def controls(self) -> dict[str, Control]:
        """Return everybody's acts, the switches, and where the webhooks go."""
        return super().controls() | {
            "events": lambda: [one.event for one in self._fake.webhooks.sent.values()],
            "resend": lambda event_id: self._fake.redeliver(event_id),
        }

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = ""
    ) -> Body:
        """Deliver webhooks to a URL; of several secrets the newest signs, as BTCPay has one."""
        event_types = tuple(types.split(",")) if types else ()
        chosen = secrets[-1] if secrets else secret
        endpoint = self._fake.webhooks.register(url, chosen, event_types)
        return {"id": endpoint.id, "url": url, "secrets": [endpoint.secret]}

    def _send(self, delivery: Delivery) -> None:
        def sign(at_s: float) -> dict[str, str]:
            return delivery.headers

        name, url = delivery.event["deliveryId"], delivery.endpoint.url
        self._post(name, url, delivery.body, sign)


def open_router(options: argparse.Namespace, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh store behind it; customers claim their refunds `later`."""
    clock = clock or SettableClock()
    switches = Switches(claim_after_s=options.later)
    fake = FakeBtcpay(clock, random.Random(options.seed), switches)
    return ServedBtcpay(fake, options.seed).router(clock)
