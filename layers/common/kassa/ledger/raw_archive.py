"""The archive of raw deliveries: what gateways sent, byte for byte, before anyone parsed it.

One compressed object a batch; the bucket encrypts it and drops it after `ArchiveDays`. An event's
item names the object and the line, so that its exact bytes can be sent in again.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.core import stored
from kassa.core.errors import EventNotFound, StaleWrite, UnreadableEvent, UnreadableItem
from kassa.gateways.events import Delivery, ErasedBody, GatewayEvent, Ignored
from kassa.platform import aws
from kassa.platform.settings import settings


def read_delivery(message: str) -> Delivery:
    """Return what a message on EventsQueue carries; raise UnreadableItem for no delivery."""
    return stored.read_text(Delivery, message)


def body_of(delivery: Delivery) -> bytes:
    """Return a delivery's exact bytes, from the message or from the bucket.

    Raises EventNotFound where they were erased.
    """
    if delivery.erased is not None:
        raise EventNotFound("the body was erased with the person it was about")
    if delivery.body_key is None:
        return base64.b64decode(delivery.body_base64)
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=delivery.body_key)
    body: bytes = found["Body"].read()
    return body


def keep(records: Sequence[Mapping[str, Any]], received_at: datetime) -> dict[str, str]:
    """Keep a batch's messages as they are, and return where each lies, by its id.

    The same batch again lands on the same object.
    """
    bodies = (record["body"] for record in records)
    lines = "\n".join(map(json.dumps, bodies)).encode()  # one line each, whatever is in it
    digest = hashlib.sha256(lines).hexdigest()[:24]
    key = f"raw/day={received_at:%Y-%m-%d}/{digest}.jsonl.gz"
    aws.client("s3").put_object(
        Bucket=settings().bucket_name, Key=key, Body=gzip.compress(lines, mtime=0)
    )
    return {record["messageId"]: f"{key}#{number}" for number, record in enumerate(records)}


def as_it_was_read(erased: ErasedBody) -> GatewayEvent | Ignored:
    """Return what an erased body said; raise UnreadableEvent where it was never read."""
    if erased.event is None:
        raise UnreadableEvent("the body was erased before it was read")
    kind: type[GatewayEvent] | type[Ignored] = Ignored if erased.is_ignored else GatewayEvent
    return stored.read(kind, erased.event)


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


class Archived(NamedTuple):
    """One archived batch as it stands: its deliveries, line by line, and what it is held to."""

    key: str
    etag: str
    deliveries: tuple[Delivery | None, ...]  # none for a message that is no delivery
    lines: tuple[str, ...]


def archived(key: str) -> Archived | None:
    """Return an archived batch to be rewritten; none where the archive has dropped it."""
    client = aws.client("s3")
    try:
        found = client.get_object(Bucket=settings().bucket_name, Key=key)
    except client.exceptions.NoSuchKey:
        return None
    lines = gzip.decompress(found["Body"].read()).decode().split("\n")
    return Archived(key, found["ETag"], tuple(map(_delivery, lines)), tuple(lines))


def erase(batch: Archived, erased: Mapping[int, ErasedBody]) -> None:
    """Write a batch without some of its bodies, and the large ones apart from it without theirs.

    Each line stays in its place, so what names it finds what is left. Raises StaleWrite where
    another rewrote the batch meanwhile.
    """
    lines, large = list(batch.lines), []
    for line, body in erased.items():
        delivery = batch.deliveries[line]
        if delivery is None:
            lines[line] = json.dumps(json.dumps({"erased": body.sha256}))
            continue
        large += [delivery.body_key] if delivery.body_key else []
        left = {"body_base64": "", "body_key": None, "erased": body}
        lines[line] = json.dumps(stored.text(delivery.model_copy(update=left), exclude_none=True))
    client, bucket = aws.client("s3"), settings().bucket_name
    for key in large:  # first: once its line is rewritten, nothing leads to it any more
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    content = gzip.compress("\n".join(lines).encode(), mtime=0)
    try:
        client.put_object(Bucket=bucket, Key=batch.key, Body=content, IfMatch=batch.etag)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OVERTAKEN:
            raise
        raise StaleWrite(f"{batch.key} was rewritten meanwhile") from error


_OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


def _delivery(line: str) -> Delivery | None:
    try:
        return read_delivery(json.loads(line))
    except (UnreadableItem, ValueError, TypeError):
        return None


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
