"""Why a queue's message failed the last time; the table forgets it some time after the queue does.

SQS keeps no reason with a message that it moves to a dead-letter queue, but its id; by that the
reason is found here.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from kassa.core.model import Instant, Model
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

KEPT = timedelta(days=30)  # a dead-letter queue keeps a message for 14 at most
STAMP = Path(__file__).parents[2] / "code_version.txt"  # written by layers/build_layer.py


class Failure(Model):
    """One attempt at a message that failed, in our own words and ids."""

    queue: str  # as SQS names it
    message_id: str
    attempt: int  # how often the message had been received
    error: str  # the error's type
    reason: str
    raised_at: str | None = None  # the last line of ours it went through
    code_version: str
    first_received_at: Instant
    last_received_at: Instant


def note(failure: Failure) -> None:
    """Keep why a message failed, unless a later attempt is kept; give up soon."""
    if not failure.queue:
        return
    fields = failure.model_dump(mode="json", exclude_none=True)
    item = keys.failure(failure.queue, failure.message_id)._asdict() | fields
    item["expires_at"] = int((failure.last_received_at + KEPT).timestamp())
    try:
        aws.hasty_client("dynamodb").put_item(
            TableName=settings().table_name,
            Item=table.typed(item),
            ConditionExpression="attribute_not_exists(PK) OR attempt < :attempt",
            ExpressionAttributeValues=table.typed({":attempt": failure.attempt}),
        )
    except ClientError as error:
        if not table.is_refused(error):
            raise


def find(queue: str, message_ids: Sequence[str]) -> dict[str, Failure]:
    """Return why a queue's messages failed the last time, by their ids; what isn't known is out."""
    note_keys = [keys.failure(queue, message_id) for message_id in dict.fromkeys(message_ids)]
    found = table.get_all(note_keys, is_consistent=False)
    return {item["message_id"]: _failure(item) for item in found.values()}


@cache
def code_version() -> str:
    """Return which code runs: the release and a digest of it, as its layer was built."""
    return STAMP.read_text().strip() if STAMP.exists() else "unbuilt"


def _failure(item: dict[str, Any]) -> Failure:
    return Failure.model_validate({k: v for k, v in item.items() if k in Failure.model_fields})
