"""SQS: puts messages on a queue, as many at once as one call takes."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kassa.core.errors import QueueUnavailable
from kassa.platform import aws

TAKEN_S = 60  # how long a message stays ours while it is moved
BATCH = 10  # SendMessageBatch takes no more
BATCH_BYTES_MAX = 256 * 1024  # together: the least that any queue takes


def send(queue_url: str, bodies: Iterable[str], **more: int) -> int:
    """Send messages and return how many; raise QueueUnavailable unless every one was taken.

    `more` is set on each message, such as DelaySeconds.
    """
    return _send(queue_url, ({"MessageBody": body} | more for body in bodies))


def send_fairly(queue_url: str, bodies: Iterable[tuple[str, str]]) -> int:
    """Send messages, each with whose it is, so that nobody's wait behind all of another's.

    Raises QueueUnavailable unless every one was taken. Source: Amazon SQS, fair queues.
    """
    return _send(queue_url, ({"MessageBody": body, "MessageGroupId": of} for body, of in bodies))


def waiting(queue_url: str) -> int:
    """Return about how many messages of a queue wait to be received."""
    name = "ApproximateNumberOfMessages"
    found = aws.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(found["Attributes"][name])


def dead_letters(queue_url: str) -> tuple[str, int]:
    """Return the name of the queue that a queue's failures go to, and about how many lie there.

    Those that somebody looks at just now count too; without such a queue, nothing does.
    """
    sqs, place = aws.client("sqs"), queue_url.rpartition("/")[0]
    kept = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["RedrivePolicy"])
    policy = json.loads(kept.get("Attributes", {}).get("RedrivePolicy", "{}"))
    name = str(policy.get("deadLetterTargetArn", "")).rpartition(":")[2]
    if not name:
        return "", 0
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=f"{place}/{name}", AttributeNames=counts)
    return name, sum(int(found["Attributes"][one]) for one in counts)


def redrive(queue_url: str, goes_on: Callable[[], bool]) -> int:
    """Send what a queue's failures lie in back to it, as long as it goes on; return how many.

    Receive, send, delete: at least once, as every consumer expects. A message leaves only after its
    queue took it.
    """
    sqs, place = aws.client("sqs"), queue_url.rpartition("/")[0]
    name, moved = dead_letters(queue_url)[0], set[str]()
    while name and goes_on():
        taken = sqs.receive_message(
            QueueUrl=f"{place}/{name}", MaxNumberOfMessages=BATCH, VisibilityTimeout=TAKEN_S
        )
        fresh = [one for one in taken.get("Messages", []) if one["MessageId"] not in moved]
        if not fresh:
            break
        for message in fresh:
            send(queue_url, [message["Body"]])
            sqs.delete_message(QueueUrl=f"{place}/{name}", ReceiptHandle=message["ReceiptHandle"])
            moved.add(message["MessageId"])
    return len(moved)


def _send(queue_url: str, messages: Iterable[dict[str, Any]]) -> int:
    queued = 0
    for batch in _batches(messages):
        entries = [{"Id": str(n), **message} for n, message in enumerate(batch)]
        answer = aws.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        if answer.get("Failed"):
            raise QueueUnavailable(answer["Failed"][0]["Code"])
        queued += len(batch)
    return queued


def _batches(messages: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield what fits into one call, by number and by bytes."""
    batch, size = list[dict[str, Any]](), 0
    for message in messages:
        length = len(message["MessageBody"].encode())
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch
