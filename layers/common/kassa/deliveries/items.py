"""A delivery as its item, and back."""

from datetime import datetime
from typing import Any

from kassa.core import stored
from kassa.deliveries import keys
from kassa.deliveries.delivery import FAILURES, Delivery
from kassa.platform import table
from kassa.platform.keys import PLACES, Key, listed, to_the_second


def key_of(delivery: Delivery) -> Key:
    """Return the key of a delivery's record."""
    return keys.delivery(delivery.merchant_id, delivery.delivery_id)


def item_of(delivery: Delivery) -> table.Item:
    """Return a delivery's item, listed in its day and, while somebody must look at it, in a queue.

    What a newer release wrote beside our fields stays.
    """
    return (
        key_of(delivery)._asdict() | _places(delivery) | stored.plain(delivery, exclude_none=True)
    )


def delivery_of(item: table.Item) -> Delivery:
    """Return the delivery in an item; raise UnreadableItem where it is a newer release's."""
    fields: dict[str, Any] = {name: item[name] for name in item if name not in PLACES}
    return stored.read(Delivery, fields)


def due_before(now: datetime) -> str:
    """Return the sort key below which everything is due."""
    return listed(to_the_second(now), "~")  # what is due within this second is due


def _places(delivery: Delivery) -> dict[str, str]:
    merchant_id, delivery_id = delivery.merchant_id, delivery.delivery_id
    partition, place = keys.in_day(merchant_id, delivery_id, delivery.created_at)
    listed_at = {"GSI1PK": partition, "GSI1SK": place}
    if delivery.due_at is not None:
        due = listed(to_the_second(delivery.due_at), delivery_id)
        return listed_at | {"GSI2PK": keys.due(merchant_id), "GSI2SK": due}
    if delivery.status in FAILURES:
        return listed_at | {"GSI2PK": keys.failed(merchant_id), "GSI2SK": place}
    return listed_at
