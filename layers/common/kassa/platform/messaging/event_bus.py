"""The bus: publishes facts to EventBridge, and raises unless every one of them was taken."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any, TypeVar

from kassa.core import stored
from kassa.core.errors import NotPublished
from kassa.core.facts import Fact, MeasuredFactData
from kassa.platform import aws
from kassa.platform.settings import settings

SOURCE = "kassa"
IMPORTED = "kassa.import"  # of a past that nobody is told of; the archive alone listens
MEASURED = "kassa.measured"  # for reports: likewise
AnyKind = TypeVar("AnyKind", bound=Fact[Any])

ENTRIES_MAX = 10  # PutEvents takes no more


def publish(facts: Sequence[Fact[Any]]) -> None:
    """Put facts on the bus; publishing again is safe, since a fact's id never changes.

    Raises NotPublished where the bus took only some: the message must come back and publish again.
    """
    remaining = iter(facts)
    while entries := [_entry(fact) for fact in islice(remaining, ENTRIES_MAX)]:
        answer = aws.client("events").put_events(Entries=entries)
        if answer.get("FailedEntryCount"):
            codes = {one["ErrorCode"] for one in answer["Entries"] if "ErrorCode" in one}
            raise NotPublished(", ".join(sorted(codes)))


def enveloped(fact: Fact[Any]) -> str:
    """Return a fact as the bus puts it on a queue, for one that goes to that queue alone."""
    return json.dumps({"detail": stored.plain(fact, exclude_none=True)})


def read_fact(kind: type[AnyKind], body: str) -> AnyKind:
    """Return the fact in a message that the bus sent to a queue; of a kind unknown to `kind` too.

    Raises UnreadableItem where it holds something that this release can't read.
    """
    return stored.read(kind, json.loads(body)["detail"])


def kind_of(body: str) -> str:
    """Return what a fact is called in a message that the bus sent to a queue."""
    return str(json.loads(body)["detail"]["data"]["fact"])


def _entry(fact: Fact[Any]) -> dict[str, str]:
    return {
        "EventBusName": settings().bus_name,
        "Source": _source(fact),
        "DetailType": fact.data.fact,
        "Detail": stored.text(fact, exclude_none=True),
    }


def _source(fact: Fact[Any]) -> str:
    if fact.metadata.is_imported:
        return IMPORTED
    return MEASURED if isinstance(fact.data, MeasuredFactData) else SOURCE
