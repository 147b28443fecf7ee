"""Reads what moved the balance at PayPal: the rows of its transaction reports, payouts among them.

The reports lag up to three hours and say how far they are complete; only so far is a cursor moved.
A row that waited becomes final under its old date, so once a day the last days are read again;
what was booked before is reported by its id.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import GatewayUnavailable
from kassa.gateways import parsing as pulled
from kassa.gateways.parsing import Body, part, parts
from kassa.gateways.paypal import balance as transactions
from kassa.gateways.paypal.client import NotReported, get
from kassa.gateways.paypal.event_list import OVERLAP, PAGES_MAX, start_of, written
from kassa.gateways.paypal.look_up import refund_of_row
from kassa.gateways.paypal.parsing import instant
from kassa.gateways.ports import Page
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

REPORT_WINDOW = timedelta(days=30)  # PayPal takes up to 31 days
AGAIN = timedelta(days=10)  # pending rows are final by then
LAG = timedelta(hours=3)
RECENT = timedelta(days=7)  # reports were said to be late by days
DAY = len("2026-11-22")
ROWS_PAGE = 500
MOVED_ONLY = {"balance_affecting_records_only": "Y"}
DENIED_ONLY = {"balance_affecting_records_only": "N", "transaction_status": transactions.DENIED}


class ReportPage(NamedTuple):
    """One page of a report's rows, of how many, and until when the report is complete."""

    rows: list[Body]
    pages: int
    complete_until: datetime


def payouts(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the balance transactions since a cursor, payouts among them."""
    start = start_of(access, read_until, until)
    while start < until:
        end = min(start + REPORT_WINDOW, until)
        found, complete_until = _rows(access, start - OVERLAP, end)
        cursor = written(max(complete_until, start))
        if read_until and read_until[:DAY] < cursor[:DAY]:
            again, _ = _rows(access, start - AGAIN, start)
            yield Page(final(access, again), read_until)
        yield Page(final(access, found), cursor)
        if complete_until < end:  # what begins behind that may be incomplete, too
            return
        start, read_until = end, cursor


def _rows(access: ApiAccess, start: datetime, end: datetime) -> tuple[list[Body], datetime]:
    """Return the rows of a time, and until when they are complete."""
    found: list[Body] = []
    for number in range(1, PAGES_MAX):
        page = report_page(access, start, end, number)
        found += page.rows
        if number >= page.pages:
            return found, min(end, page.complete_until)
    raise GatewayUnavailable("PayPal lists transactions without an end")


def report_page(
    access: ApiAccess,
    start: datetime,
    end: datetime,
    number: int,
    of: Mapping[str, str] = MOVED_ONLY,
) -> ReportPage:
    """Return one page of the rows of a time; the first is number 1.

    Of a time so recent that PayPal refuses to report it, there are no rows, complete until its
    start. Where PayPal doesn't say how far it is complete, its longest lag is taken.
    """
    query = {
        "start_date": written(start),
        "end_date": written(end),
        "page_size": str(ROWS_PAGE),
        "page": str(number),
        "fields": "transaction_info",
    }
    query |= of
    try:
        page = get(access, "/v1/reporting/transactions", query) or {}
    except NotReported:
        if start < clock.now() - RECENT:
            raise
        return ReportPage([], 0, start)
    rows = [part(one, "transaction_info") for one in parts(page, "transaction_details")]
    refreshed = instant(page.get("last_refreshed_datetime")) or clock.now() - LAG
    return ReportPage(rows, int(page.get("total_pages") or 0), refreshed)


def final(access: ApiAccess, found: list[Body]) -> Iterator[bytes]:
    """Walk what is final; with what came back, how its refund stands, should no event have said."""
    for row in found:
        if row.get("transaction_status") in transactions.BOOKED:
            yield _body(row)
            yield from refund_of_row(access, row) if transactions.is_return(row) else ()


def denied(found: list[Body]) -> Iterator[bytes]:
    """Walk the payments among rows that PayPal denied."""
    return (_body(row, "/denied") for row in found if transactions.is_denied_payment(row))


def _body(row: Body, status: str = "") -> bytes:
    """Name a row by its id and its code: a final one never changes."""
    envelope = {
        "id": pulled.balance_id(transactions.row_id(row) + status),
        "event_type": "kassa.balance_transaction",
        "resource_type": "transaction",
        "resource": row,
    }
    return json.dumps(envelope).encode()
