"""Lists of refund requests: those that are due, those a person must decide, those of a day."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from kassa.core.errors import UnreadableItem
from kassa.platform import aws, index_pages, keys, table
from kassa.platform.index_pages import PAGE_MAX, Page, PageRequest
from kassa.platform.keys import Key
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out
from kassa.refunds import keys as refund_keys
from kassa.refunds.items import refund_case
from kassa.refunds.lifecycle.cases import RefundCase, RefundView
from kassa.refunds.lifecycle.lifecycle import RequestState

DUE_AT_ONCE = 50  # up to three items each, and a batch get reads a hundred
LAST = "~"  # sorts after every id: what is due within this second is due
PAGES_MAX = 20  # what is due beyond them is due at the next run too


class CasePage(Page):
    """Some refund cases."""

    cases: tuple[RefundView, ...]


class RefundQueues:
    """The lists of refund requests that people and the clock need."""

    def due(self, now: datetime) -> Iterator[RefundCase]:
        """Yield the cases that should have gone on by now, in both queues, the oldest first."""
        for queue in (refund_keys.REFUNDS, refund_keys.ESCALATED):
            for page in _pages(queue, keys.listed(keys.to_the_second(now), LAST)):
                yield from _cases(page)

    def every(self) -> Iterator[RefundCase]:
        """Yield every case there is, in no order; reads the whole table, for operators alone."""
        pages = (
            aws.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=settings().table_name,
                ConsistentRead=True,
                FilterExpression="SK = :lifecycle AND begins_with(PK, :refund)",
                ExpressionAttributeValues=table.typed(
                    {":lifecycle": refund_keys.LIFECYCLE, ":refund": refund_keys.refund("")}
                ),
                ProjectionExpression="PK",
            )
        )
        begins = len(refund_keys.refund(""))
        for page in pages:
            named = [str(table.plain(item)["PK"])[begins:] for item in page["Items"]]
            for first in range(0, len(named), DUE_AT_ONCE // 2):
                yield from _cases(named[first : first + DUE_AT_ONCE // 2])

    def to_decide(self, request: PageRequest) -> CasePage:
        """Return a page of the cases that wait for a person, the most urgent first."""
        after = (
            index_pages.position(request.cursor, refund_keys.ESCALATED) if request.cursor else " "
        )
        found, last = table.query(
            IndexName="GSI2",
            KeyConditionExpression="GSI2PK = :queue AND GSI2SK > :after",
            ExpressionAttributeValues=table.typed(
                {":queue": refund_keys.ESCALATED, ":after": after}
            ),
            Limit=min(request.limit, PAGE_MAX),
        )
        listed = [str(item["GSI2SK"]) for item in found]
        cursor = index_pages.spelled(listed[-1], refund_keys.ESCALATED) if last and listed else None
        cases = tuple(_cases([_named(position) for position in listed]))
        return CasePage(cases=cases, has_more=cursor is not None, next_cursor=cursor)

    def requested_on(
        self, merchant_id: str, day: date, request: PageRequest, status: RequestState | None = None
    ) -> CasePage:
        """Return a page of the cases of a UTC day, newest first; of one state, if it is named."""

        def fetch(entries: list[table.Item]) -> list[tuple[str, RefundCase]]:
            listed = {_named(str(entry["GSI1SK"])): str(entry["GSI1SK"]) for entry in entries}
            found = [(case, case.request.refund_request_id) for case in _cases(list(listed))]
            return [
                (listed[i], case) for case, i in found if status in (None, case.lifecycle.state)
            ]

        partition = refund_keys.requested(merchant_id, day.isoformat())
        cases, cursor = index_pages.newest([partition], request, fetch)
        return CasePage(cases=cases, has_more=cursor is not None, next_cursor=cursor)


def _pages(queue: str, before: str) -> Iterator[list[str]]:
    """Yield the ids on a queue, as many at once as are read at once."""
    listed = table.pages(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed({":queue": queue, ":before": before}),
        Limit=DUE_AT_ONCE,
    )
    for found in islice(listed, PAGES_MAX):
        yield [_named(str(item["GSI2SK"])) for item in found]


def _cases(refund_request_ids: list[str]) -> Iterator[RefundCase]:
    """Read cases, in the order given; an index may name what has moved on since."""
    parts = {named: refund_keys.refund(named) for named in refund_request_ids}
    found = table.get_all([Key(part, sk) for part in parts.values() for sk in _ITEMS])
    for refund_request_id, part in parts.items():
        request, lifecycle, comment = (found.get(Key(part, sk)) for sk in _ITEMS)
        if request is None or lifecycle is None:
            continue
        try:
            yield refund_case(request, lifecycle, comment)
        except UnreadableItem as error:
            leave_out(error, refund_request_id=refund_request_id)


_ITEMS = (refund_keys.REQUEST, refund_keys.LIFECYCLE, refund_keys.COMMENT)


def _named(position: str) -> str:
    """Return the request that a position in a list is of."""
    return position.rpartition("#")[2]
