"""Queues: puts deliveries on EventsQueue, and rings RefundsQueue for requests that may go on."""

import json
from collections.abc import Iterable
from itertools import islice

from botocore.exceptions import BotoCoreError, ClientError

from kassa.adapters import aws
from kassa.domain.events import Delivery
from kassa.errors import QueueUnavailable
from kassa.observability import logger
from kassa.settings import settings

BATCH = 10  # SendMessageBatch takes no more
DELAY_MAX_S = 900  # SQS holds a message back no longer; the work queue finds the rest


def queue_deliveries(deliveries: Iterable[Delivery]) -> int:
    """Queue deliveries and return how many; raise QueueUnavailable unless every one was taken."""
    bodies = (delivery.model_dump_json(exclude_none=True) for delivery in deliveries)
    return _send(settings().events_queue_url, bodies)


def ring_refunds(refund_request_ids: Iterable[str], delay_s: int = 0) -> int:
    """Ring for refund requests that may go on, and return how many rings were taken.

    What the queue doesn't take is logged and not lost: the requests stand on their work queue,
    where watch_gateways finds them. So it never undoes the answer of who rings.
    """
    bodies = (json.dumps({"refund_request_id": named}) for named in refund_request_ids)
    try:
        return _send(settings().refunds_queue_url, bodies, DelaySeconds=min(delay_s, DELAY_MAX_S))
    except (ClientError, BotoCoreError, QueueUnavailable) as error:
        logger.warning("refunds not rung", reason=str(error))
        return 0


def _send(queue_url: str, bodies: Iterable[str], **more: int) -> int:
    remaining, queued = iter(bodies), 0
    while messages := list(islice(remaining, BATCH)):
        entries = [{"Id": str(n), "MessageBody": body} | more for n, body in enumerate(messages)]
        answer = aws.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        if answer.get("Failed"):
            raise QueueUnavailable(answer["Failed"][0]["Code"])
        queued += len(messages)
    return queued
