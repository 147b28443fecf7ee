"""Lists of the webhooks that were refused, the newest first, of those that are kept."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from kassa.core.model import Instant, Model
from kassa.intake.refused_requests import PREFIX
from kassa.platform import aws
from kassa.platform.settings import settings

_KEY = re.compile(rf"{PREFIX}[^/]+/([0-9]{{8}}T[0-9]{{6}}-[0-9a-f]{{8}})-[a-z]+-[0-9]+\.json")


class RefusedWebhook(Model):
    """A webhook that was refused, without what a stranger sent in it."""

    refused_id: str
    at: Instant
    gateway: str
    account: str
    status: int
    reason: str


def refused_lately(now: datetime, days: int, most: int) -> tuple[int, tuple[RefusedWebhook, ...]]:
    """Return how many of the last days' are kept, and the newest of them."""
    keys = list(_keys(now, days))
    read = (_read(key) for key in keys)
    return len(keys), tuple(islice((one for one in read if one), most))


def _keys(now: datetime, days: int) -> Iterator[str]:
    s3 = aws.client("s3")
    for ago in range(days):
        prefix = f"{PREFIX}{now - timedelta(days=ago):%Y-%m-%d}/"
        listed = s3.list_objects_v2(Bucket=settings().bucket_name, Prefix=prefix)
        yield from sorted((one["Key"] for one in listed.get("Contents", ())), reverse=True)


def _read(key: str) -> RefusedWebhook | None:
    """Return what is kept under a key; none where it expired between listing and reading."""
    s3, named = aws.client("s3"), _KEY.fullmatch(key)
    try:
        found = s3.get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    kept: dict[str, Any] = json.loads(found)
    fields = {name: kept[name] for name in RefusedWebhook.model_fields if name in kept}
    return RefusedWebhook.model_validate(fields | {"refused_id": named[1] if named else key})
