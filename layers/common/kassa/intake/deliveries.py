"""Deliveries on EventsQueue that no webhook brought: put there by whoever fetched them."""

import base64
from collections.abc import Iterable

from kassa.core import stored
from kassa.gateways.events import Delivery
from kassa.intake.large_bodies import carried
from kassa.platform import aws
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings


def queue_deliveries(deliveries: Iterable[Delivery]) -> int:
    """Queue deliveries and return how many; raise QueueUnavailable unless every one was taken.

    A body that is too large for a message lies in the bucket first, as the intake puts it there.
    """
    bodies = (stored.text(_as_carried(delivery), exclude_none=True) for delivery in deliveries)
    return sqs.send(settings().events_queue_url, bodies)


def backlog() -> int:
    """Return about how many deliveries wait to be booked."""
    return sqs.waiting(settings().events_queue_url)


def _as_carried(delivery: Delivery) -> Delivery:
    account, body = (delivery.gateway, delivery.account), base64.b64decode(delivery.body_base64)
    fields = carried(account, body, settings().bucket_name, aws.client)
    return delivery.model_copy(update={"body_base64": "", **fields})
