"""Heads of the audit trail's days as objects, one a day, each written once.

Where the bucket has Object Lock, nobody in the account can delete or change one before its time is
over. A head is a hash and a count: no name, no id, nothing that would have to be erased.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit.facts import AuditDayClosed
from kassa.audit.trail import DayHead
from kassa.core.facts import Fact
from kassa.platform import aws, clock, documents
from kassa.platform.settings import settings

LOCKED = timedelta(days=3653)  # ten years, as long as books are kept
_NO_LOCK = "ObjectLockConfigurationNotFoundError"


def anchor_key(day: date) -> str:
    """Return where a day's head stands."""
    return f"audit/{settings().merchant_id}/{day}.json"


def keep(closed: DayHead, fact: Fact[AuditDayClosed]) -> None:
    """Keep a day's head, unless it stands there already."""
    try:
        aws.client("s3").put_object(
            Bucket=settings().bucket_name,
            Key=anchor_key(closed.day),
            Body=fact.model_dump_json().encode(),
            ContentType="application/json",
            ChecksumAlgorithm="SHA256",  # S3 takes a lock with a checksum alone
            IfNoneMatch="*",
            **_lock(clock.now()),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def read(day: date) -> DayHead | None:
    """Return a day's head as it was kept; none where the day isn't over, or none was kept."""
    content = documents.find(anchor_key(day))
    if content is None:
        return None
    data = json.loads(content)["data"]
    fields = {name: data[name] for name in DayHead.model_fields}
    return DayHead.model_validate_json(json.dumps(fields))


def _lock(now: datetime) -> dict[str, Any]:
    """Return what locks an object; nothing where the bucket has no Object Lock."""
    try:
        found = aws.client("s3").get_object_lock_configuration(Bucket=settings().bucket_name)
    except ClientError as error:
        if error.response["Error"]["Code"] != _NO_LOCK:
            raise
        return {}
    if found["ObjectLockConfiguration"].get("ObjectLockEnabled") != "Enabled":
        return {}
    return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": now + LOCKED}
