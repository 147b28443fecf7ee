"""Lists of deliveries: of a day or of those that failed, newest first; and those that are due."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from kassa.core.errors import UnreadableItem
from kassa.deliveries import keys
from kassa.deliveries.delivery import Channel, Delivery, Status
from kassa.deliveries.items import delivery_of, due_before
from kassa.platform import index_pages, table
from kassa.platform.index_pages import PageRequest
from kassa.platform.keys import Key
from kassa.platform.telemetry import leave_out

DUE_PAGE = 100
_FROM_THE_END = "~"  # sorts after every instant
DUE_PAGES_MAX = 20  # what is due beyond them is due at the next run too


class DeliveryFilter(NamedTuple):
    """Which deliveries are asked for; what isn't named may be anything."""

    status: Status | None = None
    channel: Channel | None = None
    recipient: str | None = None
    fact: str | None = None

    def fits(self, delivery: Delivery) -> bool:
        """Tell whether a delivery is one of them."""
        return all(
            value in (None, getattr(delivery, name)) for name, value in self._asdict().items()
        )


def of_day(
    merchant_id: str, day: date, filters: DeliveryFilter, request: PageRequest
) -> tuple[tuple[Delivery, ...], str | None]:
    """Return what fits of the deliveries of a UTC day, and the cursor of the next page."""

    def fetch(entries: list[table.Item]) -> list[tuple[str, Delivery]]:
        where = {str(entry["GSI1SK"]).partition("#")[2]: str(entry["GSI1SK"]) for entry in entries}
        return [(where[one.delivery_id], one) for one in _read(entries) if filters.fits(one)]

    return index_pages.newest(keys.of_day(merchant_id, day.isoformat()), request, fetch)


def failed(
    merchant_id: str, filters: DeliveryFilter, request: PageRequest
) -> tuple[tuple[Delivery, ...], str | None]:
    """Return what fits of one page of the deliveries that a person should see, newest first.

    A page may hold fewer than asked for, or none, though more follow.
    """
    queue = keys.failed(merchant_id)
    before = index_pages.position(request.cursor, queue) if request.cursor else _FROM_THE_END
    listed, last = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed({":queue": queue, ":before": before}),
        ScanIndexForward=False,
        Limit=min(request.limit, index_pages.PAGE_MAX),
    )
    cursor = index_pages.spelled(str(listed[-1]["GSI2SK"]), queue) if last and listed else None
    return tuple(one for one in _read(listed) if filters.fits(one)), cursor


def due(merchant_id: str, now: datetime) -> Iterator[Delivery]:
    """Yield the deliveries that somebody must look at by now, the oldest first."""
    listed = table.pages(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed(
            {":queue": keys.due(merchant_id), ":before": due_before(now)}
        ),
        Limit=DUE_PAGE,
    )
    for page in islice(listed, DUE_PAGES_MAX):
        yield from _read(page)


def _read(listed: list[table.Item]) -> Iterator[Delivery]:
    """Read what a page of an index leads to; a newer release's is left to it."""
    places = [Key(item["PK"], item["SK"]) for item in listed]
    found = table.get_all(places)
    for place in places:
        if place not in found:
            continue
        try:
            yield delivery_of(found[place])
        except UnreadableItem as error:
            leave_out(error, key=place.PK)
