"""The fake Klarna as a server's model: JSON parsed, callbacks and signed webhooks sent."""

import json
import random
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.forms import fields_of, text_fields
from infra.fake_gateways.kit.request_router import Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway
from infra.fake_gateways.klarna import signing
from infra.fake_gateways.klarna.account import Notice, Switches
from infra.fake_gateways.klarna.errors import Refusal
from infra.fake_gateways.klarna.model import FakeKlarna


def params_of(method: str, query: str, body: bytes, content_type: str = "") -> Body:
    """Return what a request says: its query, or the form or JSON object of its body."""
    if form := fields_of(content_type, body):
        return text_fields(form)
    if method not in ("POST", "PATCH"):
        return dict(parse_qsl(query))
    parsed: Any = json.loads(body or b"{}")
    if not isinstance(parsed, dict):
        raise ValueError("not an object")
    return parsed


class ServedKlarna(ServedGateway[FakeKlarna]):
    """Gives the router a fake, and the delivery its notices."""

    def __init__(self, fake: FakeKlarna, seed: int) -> None:
        """Send every notice of this fake."""
        super().__init__(fake, seed)
        self._endpoints: list[tuple[str, str]] = []  # URL and signing key
        fake.account.on_notice = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        try:
            kind = {name.lower(): value for name, value in incoming.headers.items()}
            given = (incoming.method, incoming.query, incoming.body)
            params = params_of(*given, kind.get("content-type", ""))
        except ValueError:
            return Refusal("BAD_REQUEST", "The body is no JSON object.", 400).answer()
        return self._fake.request(incoming.method, incoming.path, params, incoming.headers)

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Send Network webhooks to a URL, signed by the newest of its "<key id>:<secret>"s."""
        entries = secrets or [secret]
        self._endpoints = [one for one in self._endpoints if one[0] != url] + [(url, entries[-1])]
        self._fake.sale_url = signing.callback_url(url, entries[-1], "sold-at-klarna")
        return {"url": url}

    def _send(self, notice: Notice) -> None:
        """Give a notice to the delivery: a callback to its URL, a webhook to every endpoint."""
        body = signing.text_of(notice.body)
        if notice.url is not None:
            self._post(notice.name, notice.url, body)
            return
        for url, entry in self._endpoints:
            headers = signing.signed(body, entry)
            self._post(notice.name, url, body, partial(_as_signed, headers))


def _as_signed(headers: dict[str, str], at_s: float) -> dict[str, str]:
    """Return what was signed once: Klarna's proof holds no time."""
    return headers


def open_router(switches: Switches, seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh account behind it."""
    clock = clock or SettableClock()
    fake = FakeKlarna(clock, random.Random(seed), switches)
    return ServedKlarna(fake, seed).router(clock)
