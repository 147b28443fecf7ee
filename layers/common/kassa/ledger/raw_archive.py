"""The archive of raw deliveries: what gateways sent, byte for byte, before anyone parsed it.

One compressed object a batch; the bucket encrypts it and drops it after `ArchiveDays`. An event's
item names the object and the line, so that its exact bytes can be sent in again.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from kassa.core import stored
from kassa.core.errors import EventNotFound
from kassa.gateways.events import Delivery
from kassa.platform import aws
from kassa.platform.settings import settings


def read_delivery(message: str) -> Delivery:
    """Return what a message on EventsQueue carries; raise UnreadableItem for no delivery."""
    return stored.read_text(Delivery, message)


def body_of(delivery: Delivery) -> bytes:
    """Return a delivery's exact bytes, from the message or from the bucket."""
    if delivery.body_key is None:
        return base64.b64decode(delivery.body_base64)
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=delivery.body_key)
    body: bytes = found["Body"].read()
    return body


def keep(messages: Sequence[str], received_at: datetime) -> str:
    """Keep a batch's messages as they are; the same batch again lands on the same object."""
    lines = "\n".join(map(json.dumps, messages)).encode()  # one line each, whatever is in it
    digest = hashlib.sha256(lines).hexdigest()[:24]
    key = f"raw/day={received_at:%Y-%m-%d}/{digest}.jsonl.gz"
    aws.client("s3").put_object(
        Bucket=settings().bucket_name, Key=key, Body=gzip.compress(lines, mtime=0)
    )
    return key


def find(raw: str) -> Delivery:
    """Return the delivery that an event's `raw` names: "<key>#<line>".

    Raises EventNotFound when the archive has dropped it.
    """
    key, _, line = raw.rpartition("#")
    return read_delivery(messages(key)[int(line)])


def messages(key: str) -> list[str]:
    """Return the messages of one archived batch, as they stood on the queue.

    Raises EventNotFound when the archive has dropped it.
    """
    client = aws.client("s3")
    try:
        found = client.get_object(Bucket=settings().bucket_name, Key=key)
    except client.exceptions.NoSuchKey as error:
        raise EventNotFound(f"{key} is no longer archived") from error
    lines = gzip.decompress(found["Body"].read()).decode().split("\n")
    return [json.loads(line) for line in lines]


class Batch(NamedTuple):
    """One archived batch: its key, and when it was archived, which is just before it was booked."""

    archived_at: datetime
    key: str


def batches(day: date) -> list[Batch]:
    """Return the batches archived on a UTC day, in the order in which they were archived."""
    pages = aws.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=settings().bucket_name, Prefix=f"raw/day={day.isoformat()}/")
    return sorted(
        Batch(one["LastModified"].replace(microsecond=0), one["Key"])
        for page in found
        for one in page.get("Contents", [])
    )


def days() -> list[date]:
    """Return the UTC days that anything is archived of, the oldest first."""
    pages = aws.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=settings().bucket_name, Prefix="raw/day=", Delimiter="/")
    prefixes = (one["Prefix"] for page in found for one in page.get("CommonPrefixes", []))
    return sorted(date.fromisoformat(prefix[len("raw/day=") :].rstrip("/")) for prefix in prefixes)
