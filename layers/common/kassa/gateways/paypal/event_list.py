"""What PayPal lists by time: events, delivered or not, and what moved the balance.

The reports lag up to three hours and say how far they are complete; only so far is a cursor moved.
A row that waited becomes final under its old date, so once a day the last days are read again;
what was booked before is told by its id.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.core.errors import GatewayUnavailable
from kassa.gateways import fetched_events as pulled
from kassa.gateways.parsing import Body, part, parts, word
from kassa.gateways.paypal import balance as transactions
from kassa.gateways.paypal.client import get
from kassa.gateways.paypal.look_up import refund_of_row
from kassa.gateways.paypal.parsing import instant
from kassa.gateways.ports import Page
from kassa.platform.secrets import ApiAccess

REACH = timedelta(days=30)  # so far back PayPal lists events
FIRST = timedelta(days=1)  # read at first, where the books were opened at no known time
WINDOW = timedelta(days=1)  # of events read in one go
REPORT_WINDOW = timedelta(days=30)  # PayPal takes up to 31 days
OVERLAP = timedelta(minutes=5)
AGAIN = timedelta(days=10)  # pending rows are final by then
LAG = timedelta(hours=3)
EVENTS_PAGE, ROWS_PAGE, PAGES_MAX = 100, 500, 400
DAY = len("2026-11-22")


def list_events(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the events since a cursor, a day at a time."""
    start = max(_start(access, read_until, until), until - REACH + OVERLAP)
    while start < until:
        end = min(start + WINDOW, until)
        yield Page(_events(access, start - OVERLAP, end), _written(end))
        start = end


def payouts(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the balance transactions since a cursor, payouts among them."""
    start = _start(access, read_until, until)
    while start < until:
        end = min(start + REPORT_WINDOW, until)
        found, complete_until = _rows(access, start - OVERLAP, end)
        cursor = _written(max(complete_until, start))
        if read_until and read_until[:DAY] < cursor[:DAY]:
            again, _ = _rows(access, start - AGAIN, start)
            yield Page(_final(access, again), read_until)
        yield Page(_final(access, found), cursor)
        start, read_until = end, cursor


def _start(access: ApiAccess, read_until: str | None, until: datetime) -> datetime:
    return instant(read_until) or access.opened_at or until - FIRST


def _events(access: ApiAccess, start: datetime, end: datetime) -> Iterator[bytes]:
    query = {
        "page_size": str(EVENTS_PAGE),
        "start_time": _written(start),
        "end_time": _written(end),
    }
    page = get(access, "/v1/notifications/webhooks-events", query) or {}
    for _ in range(PAGES_MAX):
        yield from (json.dumps(event).encode() for event in parts(page, "events"))
        rest = _next(page)
        if rest is None:
            return
        page = get(access, rest) or {}
    raise GatewayUnavailable("PayPal lists events without an end")


def _next(page: Body) -> str | None:
    """Return the path of the next page; its host is ours to choose, whatever the link says."""
    links = {one.get("rel"): word(one.get("href")) for one in parts(page, "links")}
    _, slash, rest = (links.get("next") or "").partition("/v1/notifications/")
    return slash + rest if slash else None


def _rows(access: ApiAccess, start: datetime, end: datetime) -> tuple[list[Body], datetime]:
    """Return the rows of a time, and until when they are complete."""
    found: list[Body] = []
    for number in range(1, PAGES_MAX):
        query = {
            "start_date": _written(start),
            "end_date": _written(end),
            "page_size": str(ROWS_PAGE),
            "page": str(number),
            "fields": "transaction_info",
            "balance_affecting_records_only": "Y",
        }
        page = get(access, "/v1/reporting/transactions", query) or {}
        found += [part(one, "transaction_info") for one in parts(page, "transaction_details")]
        if number >= int(page.get("total_pages") or 0):
            refreshed = instant(page.get("last_refreshed_datetime")) or end - LAG
            return found, min(end, refreshed)
    raise GatewayUnavailable("PayPal lists transactions without an end")


def _final(access: ApiAccess, found: list[Body]) -> Iterator[bytes]:
    """Walk what is final; with what came back, how its refund stands, should no event have said."""
    for row in found:
        if row.get("transaction_status") in transactions.BOOKED:
            yield _body(row)
            yield from refund_of_row(access, row) if transactions.is_return(row) else ()


def _body(row: Body) -> bytes:
    """Name a row by its id and its code: a final one never changes."""
    envelope = {
        "id": pulled.balance_id(transactions.row_id(row)),
        "event_type": "kassa.balance_transaction",
        "resource_type": "transaction",
        "resource": row,
    }
    return json.dumps(envelope).encode()


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
