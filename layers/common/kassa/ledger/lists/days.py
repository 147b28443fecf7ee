"""Which payments began on a day, newest first: read from the index, whose keys say no more.

However many there are, a page is one query, or two of those that stand one way: what waits stands
in the list of what waits, and not among them.
"""

from datetime import date
from typing import Any, NamedTuple

from kassa.gateways.events import SubjectKind
from kassa.ledger.objects import LISTED, PaymentStatus
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import PageRequest
from kassa.platform.keys import Key

OF_PAYMENTS = f"{SubjectKind.PAYMENT.upper()}#"
LOOKED_AT = 1_000  # entries that one page looks through for those of a gateway
_END = "~"  # sorts after every instant


class Day(NamedTuple):
    """Which of a UTC day's payments are asked for."""

    day: date
    status: PaymentStatus | None
    begins: str = OF_PAYMENTS  # what their partitions begin with: all do with OF_PAYMENTS
    is_narrowed: bool = False  # by what no list knows

    @property
    def of_list(self) -> str:
        """Return the list that they stand in, among others maybe."""
        listed = self.status if self.status in LISTED else None
        return keys.payments_of(self.day.isoformat(), listed)

    def behind(self, item: table.Item) -> str:
        """Return the cursor of the page that begins behind a payment."""
        return index_pages.spelled(keys.listed(item["begun_at"], item["PK"]), self.of_list)


class Listed(NamedTuple):
    """Where the states of some payments are, newest first, those that wait, and what follows."""

    places: tuple[Key, ...]
    waiting: tuple[Key, ...]
    next_cursor: str | None


def begun_on(asked: Day, request: PageRequest) -> Listed:
    """Return a page of a day's payments; what has no list of its own stands among all of the day.

    So of those as many are returned as can be read at once.
    """
    is_of_all = asked.begins == OF_PAYMENTS
    is_listed = asked.status in LISTED | {None} and not asked.is_narrowed
    limit = request.limit if is_listed else table.AT_ONCE
    before = index_pages.position(request.cursor, asked.of_list) if request.cursor else _END
    values = {":list": asked.of_list, ":before": before}
    chosen: dict[str, Any] = {}
    if not is_of_all:
        chosen["FilterExpression"] = "begins_with(PK, :begins)"
        values[":begins"] = asked.begins
    entries, last = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :list AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed(values),
        ScanIndexForward=False,
        Limit=limit if is_of_all else LOOKED_AT,
        **chosen,
    )
    until = entries[limit - 1] if len(entries) > limit else table.plain(last or {})
    next_cursor = index_pages.spelled(str(until["GSI2SK"]), asked.of_list) if until else None
    is_first = asked.status in LISTED and not request.cursor
    return Listed(
        places=tuple(keys.state(entry["PK"]) for entry in entries[:limit]),
        waiting=_waiting(asked.begins) if is_first else (),
        next_cursor=next_cursor,
    )


def _waiting(begins: str) -> tuple[Key, ...]:
    """Return the payments that wait, those that have waited longest first, and 100 at most."""
    found, _ = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :waiting",
        FilterExpression="begins_with(PK, :begins)",
        ExpressionAttributeValues=table.typed({":waiting": keys.WAITING, ":begins": begins}),
        Limit=table.AT_ONCE,
    )
    return tuple(keys.state(entry["PK"]) for entry in found)
