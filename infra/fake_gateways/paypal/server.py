"""The fake PayPal as a server's model: webhooks signed and sent, one delivery a webhook id."""

import json
import random
import uuid
from functools import partial

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway
from infra.fake_gateways.paypal import notifications, signing
from infra.fake_gateways.paypal.account import Switches
from infra.fake_gateways.paypal.model import FakePayPal


class ServedPayPal(ServedGateway[FakePayPal]):
    """Gives the router a fake, and the delivery its events."""

    def __init__(self, fake: FakePayPal, seed: int) -> None:
        """Send every event of this fake."""
        super().__init__(fake, seed)
        self._source = random.Random(seed + 1)
        self._webhooks: list[tuple[str, str]] = []  # url and webhook id
        fake.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._fake.request(
            incoming.method, incoming.path, incoming.query, incoming.headers, incoming.body
        )

    def controls(self) -> dict[str, Control]:
        """Return PayPal's acts, its switches, and where its webhooks go."""
        return super().controls() | {
            "certificate": self._certificate,
            "expire_tokens": self._fake.tokens.forget,
            "events": lambda: list(self._fake.account.events),
            "resend": lambda event_id: self._send(notifications.find(self._fake.account, event_id)),
        }

    def _certificate(self) -> Body:
        """Return where webhooks say their certificate is, and what stands there.

        That address is PayPal's, where nobody knows it; whoever runs the fake puts the certificate
        where Kassa keeps those it has fetched, and the authority into the account's secret.
        """
        by = self._fake.signer
        return {"url": by.url, "pem": by.pem, "authority": by.authority}

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = "*"
    ) -> Body:
        """Deliver events to a URL under webhook ids that the caller chose, or a new one."""
        named = secrets or [secret or self._fake.account.new_id()]
        self._webhooks += [(url, webhook_id) for webhook_id in named]
        return {"url": url, "secrets": named, **self._certificate()}

    def _send(self, event: Body) -> int:
        """Give an event to the delivery, once a webhook id; return how many there are."""
        body = json.dumps(event, separators=(",", ":")).encode()
        for url, webhook_id in self._webhooks:
            transmission_id = str(uuid.UUID(int=self._source.getrandbits(128), version=4))
            sign = partial(self._signed, body, webhook_id, transmission_id)
            self._post(event["id"], url, body, sign)
        return len(self._webhooks)

    def _signed(self, body: bytes, webhook_id: str, name: str, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the fake's: that is what the receiver compares with."""
        by = self._fake.signer
        return signing.headers(body, (webhook_id, name), at_s, by)


def open_router(switches: Switches, seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh account behind it."""
    clock = clock or SettableClock()
    fake = FakePayPal(clock, random.Random(seed), switches)
    return ServedPayPal(fake, seed).router(clock)
