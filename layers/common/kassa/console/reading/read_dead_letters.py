"""Read how much of Kassa's queued work failed for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from kassa.platform import aws
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings

FETCHES = 6  # at once
QUEUES = ("events", "refunds", "invoices", "messages", "webhooks", "partners")


class DeadLetters(NamedTuple):
    """What failed for good of one kind of queued work."""

    queue: str  # one of QUEUES
    name: str  # of the dead-letter queue, as SQS has it
    waiting: int


def dead_letters() -> tuple[DeadLetters, ...]:
    """Return the dead-letter queues of the work that Kassa queues, each with how many lie there."""
    aws.client("sqs")  # made once, before threads need it
    urls = {name: str(getattr(settings(), f"{name}_queue_url")) for name in QUEUES}
    named = {name: url for name, url in urls.items() if url}
    with ThreadPoolExecutor(FETCHES) as fetching:
        found = zip(named, fetching.map(sqs.dead_letters, named.values()), strict=True)
        return tuple(DeadLetters(queue, *kept) for queue, kept in found if kept[0])
