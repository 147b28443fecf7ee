"""The fake Stripe as a server's model: forms parsed, webhooks signed and sent."""

import random
from functools import partial

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.forms import fields_of, text_fields
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter
from infra.fake_gateways.kit.served_gateway import ServedGateway
from infra.fake_gateways.stripe import signing
from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.api.parameters import parsed
from infra.fake_gateways.stripe.model import FakeStripe
from infra.fake_gateways.stripe.objects import events


class ServedStripe(ServedGateway[FakeStripe]):
    """Gives the router a fake, and the delivery its events."""

    def __init__(self, fake: FakeStripe, seed: int) -> None:
        """Send every event of this fake."""
        super().__init__(fake, seed)
        fake.account.on_event = self._send

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        if files := fields_of(headers.get("content-type", ""), incoming.body):
            form = text_fields(files)
            return self._fake.request(incoming.method, incoming.path, form, incoming.headers)
        is_form = incoming.method == "POST"
        text = incoming.body.decode("utf-8", "replace") if is_form else incoming.query
        return self._fake.request(incoming.method, incoming.path, parsed(text), incoming.headers)

    def controls(self) -> dict[str, Control]:
        """Return Stripe's acts, its switches, and where its webhooks go."""
        return super().controls() | {
            "events": lambda: list(self._fake.account.kinds["event"].values()),
            "resend": self._resend,
        }

    def _register(
        self, url: str, secret: str = "", secrets: list[str] | None = None, types: str = "*"
    ) -> Body:
        """Deliver events to a URL, signed by one or several secrets that the caller chose."""
        account = self._fake.account
        params = {"url": url, "enabled_events": types.split(",")}
        endpoint = events.create_endpoint(account, "", params)
        if chosen := secrets or ([secret] if secret else []):
            account.secrets[endpoint["id"]] = chosen
        return endpoint | {"secrets": account.secrets[endpoint["id"]]}

    def _resend(self, event_id: str) -> int:
        """Deliver an event again, as the dashboard's button does."""
        return self._send(self._fake.account.find("event", event_id))

    def _send(self, event: Body) -> int:
        """Give an event to the delivery, once an endpoint; return how many there are."""
        account = self._fake.account
        endpoints = account.kinds["webhook_endpoint"].values()
        subscribed = [one for one in endpoints if events.is_subscribed(one, event)]
        event["pending_webhooks"] = len(subscribed)
        body = signing.text_of(event)
        for endpoint in subscribed:
            sign = partial(self._signed, endpoint["id"], body)
            arrived = partial(self._arrived, event["id"])
            self._post(event["id"], endpoint["url"], body, sign, arrived)
        return len(subscribed)

    def _signed(self, endpoint_id: str, body: bytes, at_s: float) -> dict[str, str]:
        """Sign at the real time, not the fake's: that is what the receiver compares with."""
        secrets = self._fake.account.secrets.get(endpoint_id, [])
        return {signing.HEADER: signing.signature(body, secrets, int(at_s))}

    def _arrived(self, event_id: str) -> None:
        event = self._fake.account.kinds["event"][event_id]
        event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)


def open_router(switches: Switches, seed: int, clock: SettableClock | None = None) -> RequestRouter:
    """Return a router with a fresh account behind it."""
    clock = clock or SettableClock()
    fake = FakeStripe(clock, random.Random(seed), switches=switches)
    return ServedStripe(fake, seed).router(clock)
