"""The fake CRM as a server's model: its API, its faults, and the controls."""

import random
from dataclasses import asdict
from typing import Any

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter, set_values
from infra.fake_gateways.kit.served_alone import ServedAlone
from infra.fake_gateways.kit.webhook_delivery import WebhookDelivery
from infra.fake_targets.model import FakeTarget


class ServedTarget(ServedAlone):
    """Gives the router a fake; it sends no webhooks and has no pages."""

    def __init__(self, fake: FakeTarget) -> None:
        """Serve this fake."""
        self._fake = fake
        self.faults = fake.faults

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._fake.answer(incoming)

    def run_due(self) -> int:
        """Do what was on its way and has arrived."""
        return self._fake.run_due()

    def controls(self) -> dict[str, Control]:
        """Return the switches, what is held, and the end of all tokens."""
        return {
            "switches": lambda **values: set_values(self._fake.switches, values),
            "held": self._held,
            "requests": lambda: len(self._fake.requests),
            "revoke_tokens": self._fake.revoke_tokens,
        }

    def _held(self, collection: str) -> list[dict[str, Any]]:
        return [asdict(one) for one in self._fake.collections.get(collection, [])]


def open_router(seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with an empty CRM behind it."""
    clock = clock or SettableClock()
    delivery = WebhookDelivery(random.Random(seed))
    return RequestRouter(ServedTarget(FakeTarget(clock)), clock, delivery)
