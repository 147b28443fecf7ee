"""The twin as a server's model: no API to answer, webhooks signed and sent."""

import random
from functools import partial

from infra.twins.answers import Answer, Body
from infra.twins.clock import SettableClock
from infra.twins.desk import Control, Desk, Incoming
from infra.twins.served import Served
from infra.twins.standard import signing
from infra.twins.standard.account import Switches, Told
from infra.twins.standard.twin import StandardTwin


class ServedStandard(Served[StandardTwin]):
    """Gives the desk a twin, and the courier its events."""

    def __init__(self, twin: StandardTwin, seed: int) -> None:
        """Send every event of this twin."""
        super().__init__(twin, seed)
        self._endpoints: dict[str, list[str]] = {}  # URL -> live secrets
        twin.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Refuse whatever is asked: there is no API."""
        return Answer(404, {"error": "this gateway has no API, it only tells"})

    def serve_pages(self, address: str) -> None:
        """Do nothing: it has no pages."""

    def controls(self) -> dict[str, Control]:
        """Return the acts, the switches, and where webhooks go."""
        told = self._twin.account.told
        return super().controls() | {
            "events": lambda: [{"name": one.name, "body": one.body} for one in told.values()],
            "resend": self._resend,
        }

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Send events to a URL, signed by each secret: whsec_… or the private key whsk_…."""
        self._endpoints[url] = secrets or [secret]
        return {"url": url, "verified_by": [signing.public_of(one) for one in self._endpoints[url]]}

    def _resend(self, event_id: str) -> int:
        """Deliver an event again, under its own name."""
        if event_id not in self._twin.account.told:
            raise ValueError(f"no event is called {event_id}")
        return self._send(self._twin.account.told[event_id])

    def _send(self, told: Told) -> int:
        body = signing.text_of(told.body)
        for url in self._endpoints:
            sign = partial(self._signed, url, told.name, body)
            self._post(told.name, url, body, sign)
        return len(self._endpoints)

    def _signed(self, url: str, name: str, body: bytes, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the twin's: that is what the receiver compares with."""
        return signing.headers(name, body, self._endpoints[url], int(at_s))


def open_desk(switches: Switches, seed: int, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh account behind it."""
    clock = clock or SettableClock()
    twin = StandardTwin(clock, random.Random(seed), switches)
    return ServedStandard(twin, seed).desk(clock)
