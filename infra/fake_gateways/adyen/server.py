"""The fake Adyen as a server's model: webhooks signed and sent."""

import random
from typing import Any

from infra.fake_gateways.adyen.account import Switches
from infra.fake_gateways.adyen.model import FakeAdyen
from infra.fake_gateways.adyen.signing import webhook
from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway


class ServedAdyen(ServedGateway[FakeAdyen]):
    """Gives the router a fake, and the delivery its webhooks."""

    def __init__(self, fake: FakeAdyen, seed: int) -> None:
        """Send every webhook of this fake."""
        super().__init__(fake, seed)
        self._endpoints: dict[str, str] = {}  # URL -> the newest key
        self._sent: list[list[Body]] = []

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request, and send what Adyen reports of it."""
        answer = self._fake.request(incoming.method, incoming.path, incoming.body, incoming.headers)
        self._send_notifications()
        return answer

    def run_due(self) -> int:
        """Do what is due."""
        done = super().run_due()
        self._send_notifications()
        return done

    def controls(self) -> dict[str, Control]:
        """Return Adyen's acts, its switches, and where its webhooks go."""
        acts = {name: self._notifying(getattr(self._fake, name)) for name in self._fake.ACTS}
        return super().controls() | acts | {"events": lambda: self._sent, "resend": self._resend}

    def _notifying(self, act: Control) -> Control:
        def done(**params: Any) -> Any:
            result = act(**params)
            self._send_notifications()
            return result

        return done

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Deliver webhooks to a URL; while a key is rolled Adyen signs by the newest."""
        known = [*(secrets or []), *([secret] if secret else [])]
        if not known:
            known = [f"{random.Random(url).getrandbits(256):064x}"]
        self._endpoints[url] = known[-1]
        return {"url": url, "secrets": known}

    def _send_notifications(self) -> None:
        for items in self._fake.take_notifications():
            self._sent.append(items)
            self._send(len(self._sent) - 1)

    def _resend(self, number: int) -> int:
        """Deliver a webhook again, by its number in `events`."""
        return self._send(number)

    def _send(self, number: int) -> int:
        items = self._sent[number]
        name = f"{items[0]['pspReference']}:{items[0]['eventCode']}"
        for url, key in self._endpoints.items():
            body = webhook(items, key, self._fake.switches.is_live)
            self._post(name, url, body)
        return len(self._endpoints)


def open_router(switches: Switches, seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh account behind it."""
    clock = clock or SettableClock()
    fake = FakeAdyen(clock, random.Random(seed), switches)
    return ServedAdyen(fake, seed).router(clock)
