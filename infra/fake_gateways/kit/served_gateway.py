"""A fake gateway as a server's model: what all have alike, whatever they answer and sign."""

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.faults import Faults
from infra.fake_gateways.kit.idempotency import Keyed
from infra.fake_gateways.kit.pages import Page
from infra.fake_gateways.kit.request_router import Control, Incoming, RequestRouter, set_values
from infra.fake_gateways.kit.webhook_delivery import Headers, Webhook, WebhookDelivery


class FakeGateway(Protocol):
    """What every fake gateway has, beside its API."""

    faults: Faults

    @property
    def ACTS(self) -> tuple[str, ...]:
        """The names of what can be done to it from outside."""

    @property
    def switches(self) -> Any:
        """How the account is set up."""

    def run_due(self) -> int:
        """Do what the gateway does by itself and is due."""

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it, where there is one."""


T = TypeVar("T", bound=FakeGateway)


class ServedGateway(Generic[T]):
    """Gives a router its fake, and a delivery what the fake sends."""

    def __init__(self, fake: T, seed: int) -> None:
        """Serve this fake; the seed is of its webhooks' ways."""
        self.faults = fake.faults
        self._fake = fake
        self._delivery = WebhookDelivery(random.Random(seed))
        self._keyed = fake if isinstance(fake, Keyed) else None

    def router(self, clock: SettableClock) -> RequestRouter:
        """Return a router with this fake behind it; the clock is the fake's."""
        return RequestRouter(self, clock, self._delivery)

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""
        raise NotImplementedError

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's idempotency key, at a gateway that knows such keys."""
        return self._keyed.executing(headers) if self._keyed else nullcontext()

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Return whether another request holds it."""
        return self._keyed.is_in_use(headers) if self._keyed else False

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key; without keys there is never one."""
        return self._keyed.conflict(headers) if self._keyed else Answer(409, {})

    def run_due(self) -> int:
        """Do what is due."""
        return self._fake.run_due()

    def page(self, checkout_id: str) -> Page | None:
        """Return a payment page as its customer sees it."""
        return self._fake.page(checkout_id)

    def serve_pages(self, address: str) -> None:
        """Let new pages have their address here, instead of the gateway's own."""
        self._fake.switches.pages = address

    def controls(self) -> dict[str, Control]:
        """Return everybody's acts, the switches, and where webhooks go."""
        acts: dict[str, Control] = {name: getattr(self._fake, name) for name in self._fake.ACTS}
        return acts | {"webhooks": self._register, "switches": self._switch}

    def _register(self, url: str, secret: str = "", secrets: list[str] | None = None) -> Body:
        """Deliver webhooks to a URL, signed by one or several secrets that the caller chose."""
        raise NotImplementedError

    def _post(
        self,
        name: str,
        url: str,
        body: bytes,
        sign: Callable[[float], Headers] = lambda at_s: {},
        arrived: Callable[[], object] = lambda: None,
    ) -> None:
        """Give a webhook to the delivery; it is signed anew at every try."""
        self._delivery.send(Webhook(name, url, body, sign, arrived))

    def _switch(self, **values: Any) -> dict[str, Any]:
        return set_values(self._fake.switches, values)
