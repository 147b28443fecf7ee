"""The twin of BTCPay as a server's model: webhooks signed and sent by the courier."""

import argparse
import random

from infra.twins.answers import Answer, Body
from infra.twins.btcpay.store import Switches
from infra.twins.btcpay.twin import BtcpayTwin
from infra.twins.btcpay.webhooks import Delivery
from infra.twins.clock import SettableClock
from infra.twins.desk import Control, Desk, Incoming
from infra.twins.served import Served


class ServedBtcpay(Served[BtcpayTwin]):
    """Gives the desk a twin, and the courier its webhooks."""

    def __init__(self, twin: BtcpayTwin, seed: int) -> None:
        """Send every webhook of this twin."""
        super().__init__(twin, seed)
        twin.webhooks.on_delivery = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._twin.request(
            incoming.method, incoming.path, incoming.query, incoming.headers, incoming.body
        )

    def controls(self) -> dict[str, Control]:
        """Return everybody's acts, the switches, and where the webhooks go."""
        return super().controls() | {
            "events": lambda: [one.event for one in self._twin.webhooks.told.values()],
            "resend": lambda event_id: self._twin.redeliver(event_id),
        }

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = ""
    ) -> Body:
        """Deliver webhooks to a URL; of several secrets the newest signs, as BTCPay has one."""
        wanted = tuple(types.split(",")) if types else ()
        chosen = secrets[-1] if secrets else secret
        endpoint = self._twin.webhooks.register(url, chosen, wanted)
        return {"id": endpoint.id, "url": url, "secrets": [endpoint.secret]}

    def _send(self, delivery: Delivery) -> None:
        def sign(at_s: float) -> dict[str, str]:
            return delivery.headers

        name, url = delivery.event["deliveryId"], delivery.endpoint.url
        self._post(name, url, delivery.body, sign)


def open_desk(asked: argparse.Namespace, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh store behind it; customers claim their refunds `later`."""
    clock = clock or SettableClock()
    switches = Switches(claim_after_s=asked.later)
    twin = BtcpayTwin(clock, random.Random(asked.seed), switches)
    return ServedBtcpay(twin, asked.seed).desk(clock)
