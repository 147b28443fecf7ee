"""The twin of BTCPay as a server's model: webhooks signed and sent by the courier."""

import argparse
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from infra.twins.answers import Answer, Body
from infra.twins.btcpay.errors import problem
from infra.twins.btcpay.store import Switches
from infra.twins.btcpay.twin import BtcpayTwin
from infra.twins.btcpay.webhooks import Delivery
from infra.twins.clock import SettableClock
from infra.twins.courier import Courier, Parcel
from infra.twins.desk import Control, Desk, Incoming, set_values


class ServedBtcpay:
    """Gives the desk a twin, and the courier its webhooks."""

    def __init__(self, twin: BtcpayTwin, courier: Courier) -> None:
        """Send every webhook of this twin by this courier."""
        self.faults = twin.faults
        self._twin = twin
        self._courier = courier
        twin.webhooks.on_delivery = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._twin.request(
            incoming.method, incoming.path, incoming.query, incoming.headers, incoming.body
        )

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold nothing: BTCPay knows no idempotency keys."""
        return nullcontext()

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Tell that no key is ever in use."""
        return False

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer what never happens."""
        return problem(409, "conflict", "Another request is being executed").answer()

    def run_due(self) -> int:
        """Do what is due."""
        return self._twin.run_due()

    def controls(self) -> dict[str, Control]:
        """Return everybody's acts, the switches, and where the webhooks go."""
        acts: dict[str, Control] = {name: getattr(self._twin, name) for name in self._twin.ACTS}
        return acts | {
            "webhooks": self._register,
            "switches": lambda **values: set_values(self._twin.switches, values),
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
        self._courier.send(Parcel(name, url, delivery.body, sign, lambda: None))


def open_desk(asked: argparse.Namespace, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh store behind it; customers claim their refunds `later`."""
    clock = clock or SettableClock()
    switches = Switches(claim_after_s=asked.later)
    twin = BtcpayTwin(clock, random.Random(asked.seed), switches)
    courier = Courier(random.Random(asked.seed))
    model: Any = ServedBtcpay(twin, courier)
    return Desk(model, clock, courier)
