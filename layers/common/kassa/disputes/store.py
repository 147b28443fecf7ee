"""Disputes in the table: one item each, and every write of it on the version that was read.

So of two people who answer at once one alone does, and what the books say meanwhile isn't lost.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.core import stored
from kassa.core.errors import NotFound, StaleWrite, UnreadableItem
from kassa.disputes import keys
from kassa.disputes.dispute import AnswerState, Dispute, DisputeView, next_check_at
from kassa.platform import clock, index_pages, table
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.keys import Key, to_the_second
from kassa.platform.keys import listed as placed
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out

DUE_PAGE, DUE_PAGES_MAX = 50, 20
_NEVER = "9999"  # where an open dispute stands that has no deadline


class DisputePage(Page):
    """Some disputes."""

    disputes: tuple[DisputeView, ...]


class Disputes:
    """Reads and writes of one merchant's disputes."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def find(self, gateway: str, account: str, dispute_id: str) -> Dispute | None:
        """Return a dispute as it stands now, whosever it is; none where nobody reported one."""
        item = table.get(keys.dispute(gateway, account, dispute_id))
        return _dispute(item) if item else None

    def named(self, gateway: str, account: str, dispute_id: str) -> Dispute:
        """Return a dispute of this merchant's; raise NotFound where nobody reported one."""
        found = self.find(gateway, account, dispute_id)
        if found is None or found.merchant_id != self._merchant_id:
            raise NotFound(f"{gateway}/{account} has no dispute {dispute_id}")
        return found

    def keep(self, after: Dispute, before: Dispute | None) -> Dispute:
        """Write a change; raise StaleWrite where the dispute moved on. Return it as it stands."""
        after = _timed(after)
        if table.write("update_item", **_update(after, before)) is None:
            raise StaleWrite("the dispute has moved on")
        return after

    def keep_acted(self, after: Dispute, before: Dispute, act: Act) -> Dispute:
        """Write what a person did, with its audit; raise StaleWrite where the dispute moved on."""
        after = _timed(after)
        update = {"TableName": settings().table_name, **_update(after, before)}
        try:
            audit_trail.transact([{"Update": update}], act)
        except ClientError as error:
            if table.is_cancelled(error):
                raise StaleWrite("the dispute has moved on") from error
            raise
        return after

    def open(self, request: PageRequest) -> DisputePage:
        """Return a page of the open disputes, the first due first."""
        partition = keys.listed(self._merchant_id, is_open=True)
        after = index_pages.position(request.cursor, partition) if request.cursor else " "
        found, last = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :partition AND GSI1SK > :after",
            ExpressionAttributeValues=table.typed({":partition": partition, ":after": after}),
            Limit=min(request.limit, index_pages.PAGE_MAX),
        )
        places = [str(item["GSI1SK"]) for item in found]
        cursor = index_pages.spelled(places[-1], partition) if last and places else None
        disputes = tuple(one for one in _read(found) if one.is_open)
        return DisputePage(disputes=disputes, has_more=cursor is not None, next_cursor=cursor)

    def unanswered(self, most: int) -> int:
        """Return how many of the open disputes nobody has answered, of as many as are due first."""
        found = self.open(PageRequest(None, most)).disputes
        return sum(one.answer is AnswerState.NONE for one in found)

    def closed(self, request: PageRequest) -> DisputePage:
        """Return a page of the disputes that have ended, newest first."""

        def fetch(entries: list[table.Item]) -> list[tuple[str, Dispute]]:
            return [(_place(one)[1], one) for one in _read(entries) if not one.is_open]

        partition = keys.listed(self._merchant_id, is_open=False)
        disputes, cursor = index_pages.newest([partition], request, fetch)
        return DisputePage(disputes=disputes, has_more=cursor is not None, next_cursor=cursor)

    def due(self, now: datetime) -> Iterator[Dispute]:
        """Yield the disputes that somebody must look at by now, the oldest first."""
        listed = table.pages(
            IndexName="GSI2",
            KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :before",
            ExpressionAttributeValues=table.typed(
                {":queue": keys.DUE, ":before": placed(to_the_second(now), "~")}
            ),
            Limit=DUE_PAGE,
        )
        for page in islice(listed, DUE_PAGES_MAX):
            yield from _read(page)


def _timed(dispute: Dispute) -> Dispute:
    return dispute.model_copy(update={"next_check_at": next_check_at(dispute, clock.now())})


def _update(after: Dispute, before: Dispute | None) -> dict[str, Any]:
    partition, position = _place(after)
    sets: table.Item = {
        "version": after.version,
        "merchant_id": after.merchant_id,
        "dispute": stored.text(after, exclude_none=True, exclude_defaults=True),
        "GSI1PK": partition,
        "GSI1SK": position,
    }
    if after.next_check_at is not None:
        sets["GSI2PK"] = keys.DUE
        sets["GSI2SK"] = placed(to_the_second(after.next_check_at), after.path)
    key = keys.dispute(after.gateway, after.account, after.dispute_id)
    return table.on_version(key, sets, before.version if before else None)


def _place(dispute: Dispute) -> tuple[str, str]:
    """Return where a dispute is listed."""
    at = dispute.evidence_due_by if dispute.is_open else dispute.ended_at
    partition = keys.listed(dispute.merchant_id, is_open=dispute.is_open)
    return partition, placed(to_the_second(at) if at else _NEVER, dispute.path)


def _read(entries: list[table.Item]) -> Iterator[Dispute]:
    """Read what a page of an index leads to; a newer release's is left to it."""
    places = [Key(item["PK"], item["SK"]) for item in entries]
    found = table.get_all(places)
    for place in places:
        if place not in found:
            continue
        try:
            yield _dispute(found[place])
        except UnreadableItem as error:
            leave_out(error, key=place.PK)


def _dispute(item: table.Item) -> Dispute:
    return stored.read_text(Dispute, item["dispute"])
