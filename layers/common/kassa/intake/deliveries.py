"""Deliveries on EventsQueue, put there by whoever fetched them, and read by whoever books them."""

import base64
from collections.abc import Iterable

from kassa.core import stored
from kassa.gateways.events import Delivery
from kassa.intake.events_queue import INLINE_BYTES_MAX, large_key
from kassa.platform import aws
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings


def queue_deliveries(deliveries: Iterable[Delivery]) -> int:
    """Queue deliveries and return how many; raise QueueUnavailable unless every one was taken.

    A body that is too large for a message lies in the bucket first, as the intake puts it there.
    """
    bodies = (stored.text(_carried(delivery), exclude_none=True) for delivery in deliveries)
    return sqs.send(settings().events_queue_url, bodies)


def read_delivery(body: str) -> Delivery:
    """Return what a message on EventsQueue carries; raise UnreadableItem for no delivery."""
    return stored.read_text(Delivery, body)


def _carried(delivery: Delivery) -> Delivery:
    body = base64.b64decode(delivery.body_base64)
    if len(body) <= INLINE_BYTES_MAX:
        return delivery
    key = large_key(delivery.gateway, delivery.account, body)
    aws.client("s3").put_object(
        Bucket=settings().bucket_name, Key=key, Body=body, ContentType="application/octet-stream"
    )
    return delivery.model_copy(update={"body_base64": "", "body_key": key})
