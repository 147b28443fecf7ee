"""Queues: puts deliveries on EventsQueue, and rings RefundsQueue for requests that may go on."""

import base64
import json
from collections.abc import Iterable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core import stored
from kassa.core.errors import QueueUnavailable
from kassa.gateways.events import Delivery
from kassa.intake.events_queue import INLINE_BYTES_MAX, large_key
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, reason_of

BATCH = 10  # SendMessageBatch takes no more
BATCH_BYTES_MAX = 256 * 1024  # together: the least that any queue takes
DELAY_MAX_S = 900  # SQS holds a message back no longer; the work queue finds the rest


def queue_deliveries(deliveries: Iterable[Delivery]) -> int:
    """Queue deliveries and return how many; raise QueueUnavailable unless every one was taken.

    A body that is too large for a message lies in the bucket first, as the intake puts it there.
    """
    bodies = (stored.text(_carried(delivery), exclude_none=True) for delivery in deliveries)
    return _send(settings().events_queue_url, bodies)


def read_delivery(body: str) -> Delivery:
    """Return what a message on EventsQueue carries; raise UnreadableItem for no delivery."""
    return stored.read_text(Delivery, body)


def ring_refunds(refund_request_ids: Iterable[str], delay_s: int = 0) -> int:
    """Ring for refund requests that may go on, and return how many rings were taken.

    What the queue doesn't take is logged and not lost: the requests stand on their work queue,
    where watch_gateways finds them. So it never undoes the answer of who rings.
    """
    bodies = (json.dumps({"refund_request_id": named}) for named in refund_request_ids)
    try:
        return _send(settings().refunds_queue_url, bodies, DelaySeconds=min(delay_s, DELAY_MAX_S))
    except (ClientError, BotoCoreError, QueueUnavailable) as error:
        logger.warning("refunds not rung", reason=reason_of(error))
        return 0


def _carried(delivery: Delivery) -> Delivery:
    body = base64.b64decode(delivery.body_base64)
    if len(body) <= INLINE_BYTES_MAX:
        return delivery
    key = large_key(delivery.gateway, delivery.account, body)
    aws.client("s3").put_object(
        Bucket=settings().bucket_name, Key=key, Body=body, ContentType="application/octet-stream"
    )
    return delivery.model_copy(update={"body_base64": "", "body_key": key})


def _send(queue_url: str, bodies: Iterable[str], **more: int) -> int:
    queued = 0
    for messages in _batches(bodies):
        entries = [{"Id": str(n), "MessageBody": body} | more for n, body in enumerate(messages)]
        answer = aws.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        if answer.get("Failed"):
            raise QueueUnavailable(answer["Failed"][0]["Code"])
        queued += len(messages)
    return queued


def _batches(bodies: Iterable[str]) -> Iterator[list[str]]:
    """Yield what fits into one call, by number and by bytes."""
    batch, size = list[str](), 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch
