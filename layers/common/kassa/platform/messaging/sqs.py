"""SQS: puts messages on a queue, as many at once as one call takes."""

from collections.abc import Iterable, Iterator

from kassa.core.errors import QueueUnavailable
from kassa.platform import aws

BATCH = 10  # SendMessageBatch takes no more
BATCH_BYTES_MAX = 256 * 1024  # together: the least that any queue takes


def send(queue_url: str, bodies: Iterable[str], **more: int) -> int:
    """Send messages and return how many; raise QueueUnavailable unless every one was taken.

    `more` is set on each message, such as DelaySeconds.
    """
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
