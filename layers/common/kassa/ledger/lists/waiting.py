"""What waits: payments whose refund, dispute or charge no other event has made sense of yet."""

from collections.abc import Iterator
from datetime import datetime

from kassa.core.model import Instant, Model
from kassa.gateways.events import Subject
from kassa.ledger.items import subject_of
from kassa.platform import keys, table
from kassa.platform.keys import Key

BATCH = 100  # what one BatchGetItem reads


class WaitingPayment(Model):
    """A payment that waits, and since when."""

    subject: Subject
    since: Instant


def since(before: datetime) -> list[WaitingPayment]:
    """Return the payments that have waited since before an instant, the oldest first."""
    found = [waits for page in _pages(before) for waits in _named(page)]
    return sorted(found, key=lambda one: one.since)


def _pages(before: datetime) -> Iterator[list[Key]]:
    listed = table.pages(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :waiting AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed(
            {":waiting": keys.WAITING, ":before": keys.to_the_second(before)}
        ),
        Limit=BATCH,
    )
    for found in listed:
        yield [Key(item["PK"], item["SK"]) for item in found]


def _named(page: list[Key]) -> Iterator[WaitingPayment]:
    """Name what waits; a payment may have stopped waiting since the index was read."""
    for item in table.get_all(page).values():
        if "waiting_since" in item:
            yield WaitingPayment(subject=subject_of(item), since=item["waiting_since"])
