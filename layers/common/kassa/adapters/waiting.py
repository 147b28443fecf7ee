"""What waits: payments whose refund, dispute or charge no other event has made sense of yet."""

from datetime import datetime

from kassa.adapters import keys, table
from kassa.adapters.event_items import subject_of
from kassa.adapters.keys import Key
from kassa.domain.events import Subject
from kassa.domain.model import Instant, Model

BATCH = 100  # what one BatchGetItem reads, and more than one run looks up


class WaitingPayment(Model):
    """A payment that waits, and since when."""

    subject: Subject
    since: Instant


def since(before: datetime) -> list[WaitingPayment]:
    """Return the payments that have waited since before an instant, the oldest first."""
    found, _ = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :waiting AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed(
            {":waiting": keys.WAITING, ":before": before.isoformat(timespec="seconds")}
        ),
        Limit=BATCH,
    )
    items = table.get_all([Key(item["PK"], item["SK"]) for item in found]) if found else {}
    waiting = [
        WaitingPayment(subject=subject_of(item), since=item["waiting_since"])
        for item in items.values()
        if "waiting_since" in item  # it may have stopped waiting since the index was read
    ]
    return sorted(waiting, key=lambda one: one.since)
