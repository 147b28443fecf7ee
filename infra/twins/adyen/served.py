"""The twin of Adyen as a server's model: webhooks signed and sent."""

import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from infra.twins.adyen.account import Switches
from infra.twins.adyen.errors import in_progress
from infra.twins.adyen.signing import webhook
from infra.twins.adyen.twin import AdyenTwin
from infra.twins.answers import Answer, Body
from infra.twins.clock import SettableClock
from infra.twins.courier import Courier, Parcel
from infra.twins.desk import Control, Desk, Incoming, set_values


class ServedAdyen:
    """Gives the desk a twin, and the courier its webhooks."""

    def __init__(self, twin: AdyenTwin, courier: Courier) -> None:
        """Send every webhook of this twin by this courier."""
        self.faults = twin.faults
        self._twin = twin
        self._courier = courier
        self._endpoints: dict[str, str] = {}  # URL -> the newest key
        self._sent: list[list[Body]] = []

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request, and send what it made Adyen tell."""
        answer = self._twin.request(incoming.method, incoming.path, incoming.body, incoming.headers)
        self._send_told()
        return answer

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's idempotency key."""
        return self._twin.executing(headers)

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Tell whether another request holds it."""
        return self._twin.is_in_use(headers)

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key."""
        return in_progress().answer("")

    def run_due(self) -> int:
        """Do what is due."""
        done = self._twin.run_due()
        self._send_told()
        return done

    def controls(self) -> dict[str, Control]:
        """Return Adyen's acts, its switches, and where its webhooks go."""
        acts = {name: self._telling(getattr(self._twin, name)) for name in self._twin.ACTS}
        return acts | {
            "webhooks": self._register,
            "switches": lambda **values: set_values(self._twin.switches, values),
            "events": lambda: self._sent,
            "resend": self._resend,
        }

    def _telling(self, act: Control) -> Control:
        def done(**words: Any) -> Any:
            result = act(**words)
            self._send_told()
            return result

        return done

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Deliver webhooks to a URL; while a key is rolled Adyen signs by the newest."""
        known = [*(secrets or []), *([secret] if secret else [])]
        if not known:
            known = [f"{random.Random(url).getrandbits(256):064x}"]
        self._endpoints[url] = known[-1]
        return {"url": url, "secrets": known}

    def _send_told(self) -> None:
        for items in self._twin.told():
            self._sent.append(items)
            self._send(len(self._sent) - 1)

    def _resend(self, number: int) -> int:
        """Deliver a webhook again, by its number in `events`."""
        return self._send(number)

    def _send(self, number: int) -> int:
        items = self._sent[number]
        name = f"{items[0]['pspReference']}:{items[0]['eventCode']}"
        for url, key in self._endpoints.items():
            body = webhook(items, key, self._twin.switches.is_live)
            self._courier.send(Parcel(name, url, body, lambda _: {}, lambda: None))
        return len(self._endpoints)


def open_desk(switches: Switches, seed: int, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh account behind it."""
    clock = clock or SettableClock()
    twin, courier = AdyenTwin(clock, random.Random(seed), switches), Courier(random.Random(seed))
    return Desk(ServedAdyen(twin, courier), clock, courier)
