"""Queues: puts deliveries on EventsQueue, for whoever pulls or resends events."""

from collections.abc import Iterable
from itertools import islice

from kassa.adapters import aws
from kassa.domain.events import Delivery
from kassa.errors import QueueUnavailable
from kassa.settings import settings

BATCH = 10  # SendMessageBatch takes no more


def queue_deliveries(deliveries: Iterable[Delivery]) -> int:
    """Queue deliveries and return how many; raise QueueUnavailable unless every one was taken."""
    remaining, queued = iter(deliveries), 0
    while messages := [d.model_dump_json(exclude_none=True) for d in islice(remaining, BATCH)]:
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(messages)]
        answer = aws.client("sqs").send_message_batch(
            QueueUrl=settings().events_queue_url, Entries=entries
        )
        if answer.get("Failed"):
            raise QueueUnavailable(answer["Failed"][0]["Code"])
        queued += len(messages)
    return queued
