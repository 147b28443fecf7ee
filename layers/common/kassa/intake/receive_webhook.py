"""Take a webhook in: find whose it is, verify its bytes, queue them. Nothing in them is read."""

from typing import NamedTuple

from kassa.gateways.webhooks.parts import signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookSecrets
from kassa.intake.events_queue import Deliveries, Delivery
from kassa.platform import clock


class Received(NamedTuple):
    """A delivery that is safe on the queue."""

    message_ids: tuple[str, ...]
    event_id: str | None
    answer: str  # what the gateway expects beside the 200


def receive_webhook(
    request: WebhookRequest, secrets: WebhookSecrets, deliveries: Deliveries
) -> Received:
    """Queue what its gateway signed; whoever returns from here may answer 2xx.

    A delivery of several items is queued item by item, so that each has its own fate. What came
    before is queued again: only book_event knows what was booked.
    """
    scheme = signature_scheme(request.gateway)
    now = clock.now()
    scheme.screen(request, now)  # before anything is called
    endpoint = secrets.endpoint(request.gateway, request.account, now)
    parts = scheme.verify(request, endpoint, now)
    message_ids = tuple(
        deliveries.put(Delivery(request.gateway, request.account, endpoint, now, part))
        for part in parts
    )
    return Received(message_ids, scheme.event_id(request.body), scheme.answer)
