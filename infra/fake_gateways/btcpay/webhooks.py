"""Webhooks: each event once to every endpoint that wants it, each delivery under its own id."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from infra.fake_gateways.btcpay.errors import not_found
from infra.fake_gateways.btcpay.signing import HEADER, signature, text_of
from infra.fake_gateways.btcpay.store import Store
from infra.fake_gateways.kit.answers import Body

_KEPT = 10_000


@dataclass(frozen=True)
class Endpoint:
    """Where webhooks go, and the one secret that signs them."""

    id: str
    url: str
    secret: str
    types: tuple[str, ...] = ()  # none: everything


@dataclass(frozen=True)
class Delivery:
    """One delivery of one event to one endpoint."""

    endpoint: Endpoint
    event: Body

    @property
    def body(self) -> bytes:
        """Return the exact bytes."""
        return text_of(self.event)

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that prove them."""
        return {HEADER: signature(self.body, self.endpoint.secret)}


@dataclass
class Webhooks:
    """The endpoints of a store and what was sent to them; `on_delivery` carries it there."""

    store: Store
    on_delivery: Callable[[Delivery], object] = lambda delivery: None
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    sent: dict[str, Delivery] = field(default_factory=dict)

    def register(self, url: str, secret: str = "", types: tuple[str, ...] = ()) -> Endpoint:
        """Send everything, or some types of events, to a URL from now on."""
        chosen = secret or self.store.new_id(27)
        endpoint = Endpoint(self.store.new_id(), url, chosen, types)
        self.endpoints[endpoint.id] = endpoint
        return endpoint

    def notify(self, event_type: str, fields: Body) -> None:
        """Deliver an event, and now and then again under another id."""
        switches = self.store.switches
        for endpoint in self.endpoints.values():
            if endpoint.types and event_type not in endpoint.types:
                continue
            delivery_id = self.store.new_id()
            event = {
                "deliveryId": delivery_id,
                "webhookId": endpoint.id,
                self._original: delivery_id,
                "isRedelivery": False,
                "type": event_type,
                "timestamp": self.store.now_s(),
                "storeId": switches.store_id,
            }
            self._deliver(Delivery(endpoint, event | fields))
            if switches.redelivers and self.store.source.random() < switches.redelivers:
                self.redeliver(delivery_id)

    @property
    def _original(self) -> str:
        """Name the field that says which delivery was the first; its name once lacked an i."""
        is_old = self.store.switches.spells_as_before_1_1
        return "orignalDeliveryId" if is_old else "originalDeliveryId"

    def redeliver(self, delivery_id: str) -> str:
        """Deliver something again: another id and time, the same original."""
        if delivery_id not in self.sent:
            raise not_found("webhookdelivery")
        before, again = self.sent[delivery_id], self.store.new_id()
        changed = {"deliveryId": again, "isRedelivery": True, "timestamp": self.store.now_s()}
        self._deliver(replace(before, event=before.event | changed))
        return again

    def _deliver(self, delivery: Delivery) -> None:
        self.sent[delivery.event["deliveryId"]] = delivery
        if len(self.sent) > _KEPT:
            del self.sent[next(iter(self.sent))]
        self.on_delivery(delivery)
