"""Lists of refund requests: those that are due, those a person must decide, those of a day."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from kassa.adapters import keys, page_cursors, refund_keys, table
from kassa.adapters.keys import Key
from kassa.adapters.refund_items import refund_case
from kassa.domain.model import Model
from kassa.domain.refund_cases import RefundCase
from kassa.errors import UnreadableItem
from kassa.observability import leave_out

PAGE_MAX = 50  # up to three items each, and a batch get reads a hundred
LAST = "~"  # sorts after every id: what is due within this second is due
PAGES_MAX = 20  # what is due beyond them is due at the next run too


class CasePage(Model):
    """Some refund cases, and where the next page starts if there is one."""

    cases: tuple[RefundCase, ...]
    cursor: str | None


class RefundQueues:
    """The questions that people and the clock ask of refund requests."""

    def due(self, now: datetime) -> Iterator[RefundCase]:
        """Yield the cases that should have gone on by now, in both queues, the oldest first."""
        for queue in (refund_keys.REFUNDS, refund_keys.ESCALATED):
            for page in _pages(queue, keys.listed(keys.to_the_second(now), LAST)):
                yield from _cases(page)

    def to_decide(self, cursor: str | None = None, limit: int = PAGE_MAX) -> CasePage:
        """Return a page of the cases that wait for a person, the most urgent first."""
        return _page("GSI2", refund_keys.ESCALATED, cursor, limit)

    def requested_on(
        self, merchant_id: str, day: date, cursor: str | None = None, limit: int = PAGE_MAX
    ) -> CasePage:
        """Return a page of the cases of a UTC day, the oldest first."""
        return _page("GSI1", refund_keys.requested(merchant_id, day.isoformat()), cursor, limit)


def _pages(queue: str, before: str) -> Iterator[list[str]]:
    """Yield the ids on a queue, as many at once as are read at once."""
    listed = table.pages(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
        ExpressionAttributeValues=table.typed({":queue": queue, ":before": before}),
        Limit=PAGE_MAX,
    )
    for found in islice(listed, PAGES_MAX):
        yield [_named(str(item["GSI2SK"])) for item in found]


def _page(index: str, partition: str, cursor: str | None, limit: int) -> CasePage:
    limit = min(limit, PAGE_MAX)
    after = page_cursors.position(cursor) if cursor else " "
    found, last = table.query(
        IndexName=index,
        KeyConditionExpression=f"{index}PK = :partition AND {index}SK > :after",
        ExpressionAttributeValues=table.typed({":partition": partition, ":after": after}),
        Limit=limit,
    )
    listed = [str(item[f"{index}SK"]) for item in found]
    cases = _cases([_named(position) for position in listed])
    return CasePage(
        cases=tuple(cases), cursor=page_cursors.spelled(listed[-1]) if last and listed else None
    )


def _cases(refund_request_ids: list[str]) -> Iterator[RefundCase]:
    """Read cases, in the order asked for; an index may name what has moved on since."""
    parts = {named: refund_keys.refund(named) for named in refund_request_ids}
    found = table.get_all([Key(part, sk) for part in parts.values() for sk in _ITEMS])
    for refund_request_id, part in parts.items():
        request, life, words = (found.get(Key(part, sk)) for sk in _ITEMS)
        if request is None or life is None:
            continue
        try:
            yield refund_case(request, life, words)
        except UnreadableItem as error:
            leave_out(error, refund_request_id=refund_request_id)


_ITEMS = (refund_keys.REQUEST, refund_keys.LIFE, refund_keys.WORDS)


def _named(position: str) -> str:
    """Return the request that a position in a list is of."""
    return position.rpartition("#")[2]
