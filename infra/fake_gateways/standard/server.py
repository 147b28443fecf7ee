"""The fake as a server's model: no API to answer, webhooks signed and sent."""

import random
from functools import partial

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway
from infra.fake_gateways.standard import signing
from infra.fake_gateways.standard.account import Notification, Switches
from infra.fake_gateways.standard.model import FakeStandardGateway


class ServedStandard(ServedGateway[FakeStandardGateway]):
    """Gives the router a fake, and the delivery its events."""

    def __init__(self, fake: FakeStandardGateway, seed: int) -> None:
        """Send every event of this fake."""
        super().__init__(fake, seed)
        self._endpoints: dict[str, list[str]] = {}  # URL -> live secrets
        fake.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Refuse whatever is requested: there is no API."""
        return Answer(404, {"error": "this gateway has no API, it only tells"})

    def serve_pages(self, address: str) -> None:
        """Do nothing: it has no pages."""

    def controls(self) -> dict[str, Control]:
        """Return the acts, the switches, and where webhooks go."""
        sent = self._fake.account.sent
        return super().controls() | {
            "events": lambda: [{"name": one.name, "body": one.body} for one in sent.values()],
            "resend": self._resend,
        }

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Send events to a URL, signed by each secret: whsec_… or the private key whsk_…."""
        self._endpoints[url] = secrets or [secret]
        return {"url": url, "verified_by": [signing.public_of(one) for one in self._endpoints[url]]}

    def _resend(self, event_id: str) -> int:
        """Deliver an event again, under its own name."""
        if event_id not in self._fake.account.sent:
            raise ValueError(f"no event is called {event_id}")
        return self._send(self._fake.account.sent[event_id])

    def _send(self, notification: Notification) -> int:
        body = signing.text_of(notification.body)
        for url in self._endpoints:
            sign = partial(self._signed, url, notification.name, body)
            self._post(notification.name, url, body, sign)
        return len(self._endpoints)

    def _signed(self, url: str, name: str, body: bytes, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the fake's: that is what the receiver compares with."""
        return signing.headers(name, body, self._endpoints[url], int(at_s))


def open_router(switches: Switches, seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh account behind it."""
    clock = clock or SettableClock()
    fake = FakeStandardGateway(clock, random.Random(seed), switches)
    return ServedStandard(fake, seed).router(clock)
