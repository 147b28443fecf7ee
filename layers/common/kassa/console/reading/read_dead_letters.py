"""Read how much of Kassa's queued work failed for good."""

from concurrent.futures import ThreadPoolExecutor

from kassa.platform import aws
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings

FETCHES = 6  # at once
QUEUES = ("events", "refunds", "invoices", "messages", "webhooks", "partners")


def dead_letters() -> tuple[tuple[str, int], ...]:
    """Return the dead-letter queues of the work that Kassa queues, each with how many lie there."""
    aws.client("sqs")  # made once, before threads need it
    urls = [str(getattr(settings(), f"{name}_queue_url")) for name in QUEUES]
    with ThreadPoolExecutor(FETCHES) as fetching:
        found = fetching.map(sqs.dead_letters, [url for url in urls if url])
        return tuple((name, count) for name, count in found if name)
