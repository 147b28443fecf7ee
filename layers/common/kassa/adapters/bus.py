"""The bus: tells facts to EventBridge, and raises unless every one of them was taken."""

from collections.abc import Sequence
from itertools import islice

from kassa.adapters import aws
from kassa.domain.facts import Fact
from kassa.errors import NotTold
from kassa.settings import settings

SOURCE = "kassa"
ENTRIES_MAX = 10  # PutEvents takes no more


def tell(facts: Sequence[Fact]) -> None:
    """Put facts on the bus; telling again is safe, since a fact's id never changes.

    Raises NotTold where the bus took only some: the message must come back and tell again.
    """
    remaining = iter(facts)
    while entries := [_entry(fact) for fact in islice(remaining, ENTRIES_MAX)]:
        answer = aws.client("events").put_events(Entries=entries)
        if answer.get("FailedEntryCount"):
            codes = {one["ErrorCode"] for one in answer["Entries"] if "ErrorCode" in one}
            raise NotTold(", ".join(sorted(codes)))


def _entry(fact: Fact) -> dict[str, str]:
    return {
        "EventBusName": settings().bus_name,
        "Source": SOURCE,
        "DetailType": fact.data.fact,
        "Detail": fact.model_dump_json(exclude_none=True),
    }
