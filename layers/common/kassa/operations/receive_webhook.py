"""Take a webhook in: find whose it is, verify its bytes, queue them. Nothing in them is read."""

from typing import NamedTuple

from kassa.adapters import clock
from kassa.adapters.deliveries import Deliveries, Delivery
from kassa.adapters.gateways.signatures import signature_scheme
from kassa.adapters.webhook_requests import WebhookRequest
from kassa.adapters.webhook_secrets import WebhookSecrets


class Received(NamedTuple):
    """A delivery that is safe on the queue."""

    message_id: str
    event_id: str | None


def receive_webhook(
    request: WebhookRequest, secrets: WebhookSecrets, deliveries: Deliveries
) -> Received:
    """Queue a delivery that its gateway signed; whoever returns from here may answer 2xx.

    A delivery that came before is queued again: only book_event knows what was booked.
    """
    scheme = signature_scheme(request.gateway)
    now = clock.now()
    endpoint = secrets.endpoint(request.gateway, request.account, now)
    scheme.verify(request.body, request.headers, endpoint.signing_secrets, now)
    delivery = Delivery(request.gateway, request.account, endpoint, now, request.body)
    return Received(deliveries.put(delivery), scheme.event_id(request.body))
