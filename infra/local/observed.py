"""What a running stack holds: booked events, queues, documents. Reads only."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.errors import DemoError
from infra.stack import Stack
from kassa.core.postings import Posting
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent, booked_event
from kassa.platform.table import plain

DEAD_LETTERS = "DeadLetterQueue"
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Books:
    """Everything that was booked so far."""

    events: tuple[BookedEvent, ...]

    @property
    def facts(self) -> list[LedgerFact]:
        """Return every fact."""
        return [fact for event in self.events for fact in event.facts]

    @property
    def postings(self) -> list[Posting]:
        """Return every posting."""
        return [posting for fact in self.facts for posting in fact.data.postings]

    @property
    def ignored(self) -> list[BookedEvent]:
        """Return the events that change nothing."""
        return [event for event in self.events if event.is_ignored]

    def subjects(self, fact: str) -> Counter[str]:
        """Count the facts of one name for each subject."""
        published = (each for each in self.facts if each.data.fact == fact)
        return Counter(each.metadata.subject_id for each in published)


def read_books(stack: Stack) -> Books:
    """Read every event of the table."""
    items = scanned(stack, "EVENT#")
    return Books(tuple(sorted(map(booked_event, items), key=lambda event: event.booked_at)))


def scanned(stack: Stack, sort_key: str) -> Iterator[dict[str, Any]]:
    """Yield the table's items, as they stand now, whose sort key begins like this."""
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.table,
            ConsistentRead=True,
            FilterExpression="begins_with(SK, :sort_key)",
            ExpressionAttributeValues={":sort_key": {"S": sort_key}},
        )
    )
    yield from (plain(item) for page in pages for item in page["Items"])


def messages(stack: Stack, queues: Iterable[str]) -> dict[str, int]:
    """Count the messages of queues, those being worked on included."""
    sqs = stack.client("sqs")
    counts = {}
    for name in queues:
        found = sqs.get_queue_attributes(QueueUrl=stack.queues[name], AttributeNames=list(WAITING))
        counts[name] = sum(int(found["Attributes"][each]) for each in WAITING)
    return counts


def dead_letters(stack: Stack) -> dict[str, int]:
    """Count what lies in each dead-letter queue that isn't empty."""
    dead = [name for name in stack.queues if name.endswith(DEAD_LETTERS)]
    return {name: count for name, count in messages(stack, dead).items() if count}


def is_quiet(stack: Stack) -> bool:
    """Tell whether no queue that feeds a function holds or works on a message."""
    feeding = (name for name in stack.queues if not name.endswith(DEAD_LETTERS))
    return not any(
        messages(stack, [name])[name] for name in feeding
    )  # the first that isn't is enough


def wait_until(is_so: Callable[[], bool], timeout_s: float, pause_s: float = 0.25) -> bool:
    """Wait until something is so; tell whether it became so in time."""
    end = time.monotonic() + timeout_s
    while not (found := is_so()) and time.monotonic() < end:
        time.sleep(pause_s)
    return found


def is_at_rest(stack: Stack) -> bool:
    """Tell whether the stack is quiet, twice: between two queues a message is in neither."""
    if not is_quiet(stack):
        return False
    time.sleep(0.3)
    return is_quiet(stack)


def documents(stack: Stack, prefix: str) -> Iterator[str]:
    """Yield the keys of the bucket's objects under a prefix."""
    pages = stack.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=stack.bucket, Prefix=prefix):
        yield from (found["Key"] for found in page.get("Contents", []))


def fetch(stack: Stack, prefix: str, output: Path, suffix: str) -> tuple[Path, ...]:
    """Download the bucket's documents under a prefix; return where they lie now."""
    s3, fetched = stack.client("s3"), []
    for key in sorted(documents(stack, prefix)):
        if key.endswith(suffix):
            target = output / key
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(s3.get_object(Bucket=stack.bucket, Key=key)["Body"].read())
            fetched.append(target)
    return tuple(fetched)


def invoke(stack: Stack, function: str, payload: bytes = b"{}") -> Any:
    """Invoke a function and return its answer; raise DemoError with its error if it failed."""
    answer = stack.client("lambda").invoke(FunctionName=stack.functions[function], Payload=payload)
    result = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise DemoError(f"{function} failed: {result[:500]}")
    return result
