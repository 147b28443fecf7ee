"""The twin of Stripe as a server's model: forms parsed, webhooks signed and sent."""

import random
from functools import partial

from infra.twins.answers import Answer, Body
from infra.twins.clock import SettableClock
from infra.twins.desk import Control, Desk, Incoming
from infra.twins.served import Served
from infra.twins.stripe import events, signing
from infra.twins.stripe.account import Switches
from infra.twins.stripe.parameters import parsed
from infra.twins.stripe.twin import StripeTwin


class ServedStripe(Served[StripeTwin]):
    """Gives the desk a twin, and the courier its events."""

    def __init__(self, twin: StripeTwin, seed: int) -> None:
        """Send every event of this twin."""
        super().__init__(twin, seed)
        twin.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        is_form = incoming.method == "POST"
        text = incoming.body.decode("utf-8", "replace") if is_form else incoming.query
        return self._twin.request(incoming.method, incoming.path, parsed(text), incoming.headers)

    def controls(self) -> dict[str, Control]:
        """Return Stripe's acts, its switches, and where its webhooks go."""
        return super().controls() | {
            "events": lambda: list(self._twin.account.kinds["event"].values()),
            "resend": self._resend,
        }

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = "*"
    ) -> Body:
        """Deliver events to a URL, signed by one or several secrets that the caller chose."""
        account = self._twin.account
        words = {"url": url, "enabled_events": types.split(",")}
        endpoint = events.create_endpoint(account, "", words)
        if chosen := secrets or ([secret] if secret else []):
            account.secrets[endpoint["id"]] = chosen
        return endpoint | {"secrets": account.secrets[endpoint["id"]]}

    def _resend(self, event_id: str) -> int:
        """Deliver an event again, as the dashboard's button does."""
        return self._send(self._twin.account.find("event", event_id))

    def _send(self, event: Body) -> int:
        """Give an event to the courier, once an endpoint; return how many there are."""
        account = self._twin.account
        endpoints = account.kinds["webhook_endpoint"].values()
        wanting = [one for one in endpoints if events.wants(one, event)]
        event["pending_webhooks"] = len(wanting)
        body = signing.text_of(event)
        for endpoint in wanting:
            sign = partial(self._signed, endpoint["id"], body)
            arrived = partial(self._arrived, event["id"])
            self._post(event["id"], endpoint["url"], body, sign, arrived)
        return len(wanting)

    def _signed(self, endpoint_id: str, body: bytes, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the twin's: that is what the receiver compares with."""
        secrets = self._twin.account.secrets.get(endpoint_id, [])
        return {signing.HEADER: signing.signature(body, secrets, int(at_s))}

    def _arrived(self, event_id: str) -> None:
        event = self._twin.account.kinds["event"][event_id]
        event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)


def open_desk(switches: Switches, seed: int, clock: SettableClock | None = None) -> Desk:
    """Return a desk with a fresh account behind it."""
    clock = clock or SettableClock()
    twin = StripeTwin(clock, random.Random(seed), switches=switches)
    return ServedStripe(twin, seed).desk(clock)
