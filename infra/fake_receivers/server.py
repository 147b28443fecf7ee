"""The fake receiver as a server's model: where webhooks arrive, its faults and its controls."""

import random

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter, set_values
from infra.fake_gateways.kit.served_alone import ServedAlone
from infra.fake_gateways.kit.webhook_delivery import WebhookDelivery
from infra.fake_receivers.model import FakeReceiver


class ServedReceiver(ServedAlone):
    """Gives the router a receiver; it sends no webhooks and has no pages."""

    def __init__(self, fake: FakeReceiver) -> None:
        """Serve this receiver."""
        self._fake = fake
        self.faults = fake.faults

    def answer(self, incoming: Incoming) -> Answer:
        """Take one webhook."""
        return self._fake.answer(incoming)

    def controls(self) -> dict[str, Control]:
        """Return the switches, the secrets it knows, and what it was told."""
        return {
            "switches": lambda **values: set_values(self._fake.switches, values),
            "knows": lambda secret: self._fake.secrets.append(secret),
            "received": self._fake.received,
        }


def open_router(seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a receiver behind it that was told nothing yet."""
    clock = clock or SettableClock()
    delivery = WebhookDelivery(random.Random(seed))
    return RequestRouter(ServedReceiver(FakeReceiver(clock)), clock, delivery)
