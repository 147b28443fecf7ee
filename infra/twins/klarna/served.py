"""The twin of Klarna as a server's model: JSON parsed, callbacks and signed webhooks sent."""

import json
import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl

from infra.twins.answers import Answer, Body
from infra.twins.clock import SettableClock
from infra.twins.courier import Courier, Parcel
from infra.twins.desk import Control, Desk, Incoming, set_values
from infra.twins.klarna import signing
from infra.twins.klarna.account import Notice, Switches
from infra.twins.klarna.errors import Refusal
from infra.twins.klarna.twin import KlarnaTwin


def words_of(method: str, query: str, body: bytes) -> Body:
    """Return what a request says: its query, or the JSON object of its body."""
    if method not in ("POST", "PATCH"):
        return dict(parse_qsl(query))
    told: Any = json.loads(body or b"{}")
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


class ServedKlarna:
    """Gives the desk a twin, and the courier its notices."""

    def __init__(self, twin: KlarnaTwin, courier: Courier) -> None:
        """Send every notice of this twin by this courier."""
        self.faults = twin.faults
        self._twin, self._courier = twin, courier
        self._endpoints: list[tuple[str, str]] = []  # URL and signing key
        twin.account.on_notice = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        try:
            words = words_of(incoming.method, incoming.query, incoming.body)
        except ValueError:
            return Refusal("BAD_REQUEST", "The body is no JSON object.", 400).answer()
        return self._twin.request(incoming.method, incoming.path, words, incoming.headers)

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's idempotency key."""
        return self._twin.executing(headers)

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Tell whether another request holds it."""
        return self._twin.is_in_use(headers)

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key."""
        return self._twin.conflict(headers)

    def run_due(self) -> int:
        """Do what is due."""
        return self._twin.run_due()

    def controls(self) -> dict[str, Control]:
        """Return Klarna's acts, its switches, and where its webhooks go."""
        acts: dict[str, Control] = {name: self._act(name) for name in self._twin.ACTS}
        return acts | {
            "webhooks": self._register,
            "switches": lambda **values: set_values(self._twin.switches, values),
        }

    def _act(self, name: str) -> Control:
        def act(**words: Any) -> Any:
            try:
                return getattr(self._twin, name)(**words)
            except Refusal as refusal:
                raise ValueError(refusal.message) from refusal

        return act

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Send Network webhooks to a URL, signed by the newest of its "<key id>:<secret>"s."""
        entries = secrets or [secret]
        self._endpoints = [one for one in self._endpoints if one[0] != url] + [(url, entries[-1])]
        self._twin.sale_url = signing.callback_url(url, entries[-1], "sold-at-klarna")
        return {"url": url}

    def _send(self, notice: Notice) -> None:
        """Give a notice to the courier: a callback to its URL, a webhook to every endpoint."""
        body = signing.text_of(notice.body)
        if notice.url is not None:
            self._courier.send(Parcel(notice.name, notice.url, body, lambda at: {}, lambda: None))
            return
        for url, entry in self._endpoints:
            headers = signing.signed(body, entry)
            parcel = Parcel(notice.name, url, body, lambda at, h=headers: h, lambda: None)  # type: ignore[misc]
            self._courier.send(parcel)


def open_desk(switches: Switches, seed: int, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh account behind it."""
    clock, source = clock or SettableClock(), random.Random(seed)
    twin, courier = KlarnaTwin(clock, source, switches), Courier(random.Random(seed))
    model: Any = ServedKlarna(twin, courier)
    return Desk(model, clock, courier)
