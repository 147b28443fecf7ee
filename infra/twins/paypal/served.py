"""The twin of PayPal as a server's model: webhooks signed and sent, one delivery a webhook id."""

import json
import random
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from infra.twins.answers import Answer, Body
from infra.twins.clock import SettableClock
from infra.twins.courier import Courier, Parcel
from infra.twins.desk import Control, Desk, Incoming, set_values
from infra.twins.paypal import notifications, signing
from infra.twins.paypal.account import Switches
from infra.twins.paypal.errors import Refusal
from infra.twins.paypal.twin import PayPalTwin


class ServedPayPal:
    """Gives the desk a twin, and the courier its events."""

    def __init__(self, twin: PayPalTwin, courier: Courier, source: random.Random) -> None:
        """Send every event of this twin by this courier."""
        self.faults = twin.faults
        self._twin, self._courier, self._source = twin, courier, source
        self._webhooks: list[tuple[str, str]] = []  # url and webhook id
        twin.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        return self._twin.request(
            incoming.method, incoming.path, incoming.query, incoming.headers, incoming.body
        )

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's id."""
        return self._twin.executing(headers)

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Tell whether another request holds it."""
        return self._twin.is_in_use(headers)

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one id."""
        return self._twin.conflict(headers)

    def run_due(self) -> int:
        """Do what is due."""
        return self._twin.run_due()

    def controls(self) -> dict[str, Control]:
        """Return PayPal's acts, its switches, and where its webhooks go."""
        acts: dict[str, Control] = {name: self._act(name) for name in self._twin.ACTS}
        return acts | {
            "webhooks": self._register,
            "certificate": self._certificate,
            "expire_tokens": self._twin.tokens.forget,
            "switches": lambda **values: set_values(self._twin.switches, values),
            "events": lambda: list(self._twin.account.events),
            "resend": lambda event_id: self._send(notifications.find(self._twin.account, event_id)),
        }

    def _act(self, name: str) -> Control:
        """Return an act whose refusals say what PayPal would."""

        def act(**words: Any) -> Any:
            try:
                return getattr(self._twin, name)(**words)
            except Refusal as refusal:
                raise ValueError(str(refusal)) from refusal

        return act

    def _certificate(self) -> Body:
        """Return where webhooks say their certificate is, and what stands there.

        That address is PayPal's, where nobody knows it; whoever runs the twin puts the certificate
        where Kassa keeps those it has fetched, and the authority into the account's secret.
        """
        by = self._twin.signer
        return {"url": by.url, "pem": by.pem, "authority": by.authority}

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = "*"
    ) -> Body:
        """Deliver events to a URL under webhook ids that the caller chose, or a new one."""
        named = secrets or [secret or self._twin.account.new_id()]
        self._webhooks += [(url, webhook_id) for webhook_id in named]
        return {"url": url, "secrets": named, **self._certificate()}

    def _send(self, event: Body) -> int:
        """Give an event to the courier, once a webhook id; return how many there are."""
        body = json.dumps(event, separators=(",", ":")).encode()
        for url, webhook_id in self._webhooks:
            transmission_id = str(uuid.UUID(int=self._source.getrandbits(128), version=4))
            sign = partial(self._signed, body, webhook_id, transmission_id)
            self._courier.send(Parcel(event["id"], url, body, sign, lambda: None))
        return len(self._webhooks)

    def _signed(self, body: bytes, webhook_id: str, name: str, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the twin's: that is what the receiver compares with."""
        by = self._twin.signer
        return signing.headers(body, (webhook_id, name), at_s, by)


def open_desk(switches: Switches, seed: int, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh account behind it."""
    clock, source = clock or SettableClock(), random.Random(seed)
    twin, courier = PayPalTwin(clock, source, switches), Courier(random.Random(seed))
    model: Any = ServedPayPal(twin, courier, random.Random(seed + 1))
    return Desk(model, clock, courier)
