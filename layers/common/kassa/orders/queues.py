"""The work queue of orders of which it isn't known whether a gateway opened a checkout."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from kassa.orders import keys as order_keys
from kassa.platform import keys, table

PAGE_MAX = 50
PAGES_MAX = 20  # what is due beyond them is due at the next run too
LAST = "~"  # sorts after every id: what is due within this second is due


class OrderQueue:
    """What is done for orders by the clock."""

    def due(self, now: datetime) -> Iterator[str]:
        """Yield the ids of the orders that must be looked at by now, the oldest first."""
        listed = table.pages(
            IndexName="GSI2",
            KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
            ExpressionAttributeValues=table.typed(
                {
                    ":queue": order_keys.CHECKOUTS,
                    ":before": keys.listed(keys.to_the_second(now), LAST),
                }
            ),
            Limit=PAGE_MAX,
        )
        for found in islice(listed, PAGES_MAX):
            yield from (str(item["GSI2SK"]).partition("#")[2] for item in found)
