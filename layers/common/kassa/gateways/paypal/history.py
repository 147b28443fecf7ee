"""Reads PayPal's past: the rows of its transaction reports, then disputes, then what was denied.

Rows tell of payments, refunds, payouts, fees and of what disputes moved. PayPal keeps three years,
and shows ten thousand rows of a request at most. How a dispute ended is asked for by the payment
that a row took it from; disputes that moved nothing (an inquiry) are listed for half a year. A
payment that waited and was denied has a row of its own; a card that was declined at once has none.

Sources: "List transactions" (developer.paypal.com/docs/api/transaction-search/v1), "List disputes"
(developer.paypal.com/docs/api/customer-disputes/v1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.parsing import Body
from kassa.gateways.paypal.balance import disputed_payment
from kassa.gateways.paypal.event_list import written
from kassa.gateways.paypal.look_up import disputes_of, list_disputes, shown_disputes
from kassa.gateways.paypal.parsing import instant
from kassa.gateways.paypal.payouts import (
    DENIED_ONLY,
    REPORT_WINDOW,
    ReportPage,
    denied,
    final,
    report_page,
)
from kassa.gateways.ports import Page, Past
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess
from kassa.platform.telemetry import logger

WINDOW = timedelta(days=1)
LISTED = timedelta(days=179)  # PayPal lists disputes of the last 180 days
DISPUTES, DENIED = "disputes", "denied"  # how a place behind the rows is written
END = "end"  # instead of a page's token
ALMOST = 99  # percent: how much there is behind the rows, nobody says


class _Place(NamedTuple):
    """From which instant on a window is read, and which of its pages comes next."""

    start: datetime
    number: int = 1

    def written(self) -> str:
        return f"{written(self.start)} {self.number}"

    def behind(self, page: ReportPage, end: datetime) -> "_Place":
        """Return the place behind a page of the window that has an end."""
        is_last = self.number >= page.pages
        return _Place(end) if is_last else self._replace(number=self.number + 1)


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk the rows of a past, then what was disputed, then what was denied.

    Raises GatewayUnavailable where the reports don't reach the end of the past yet.
    """
    listed, _, rest = (read_until or "").partition(" ")
    if listed not in (DISPUTES, DENIED):
        yield from _rows(access, _place(read_until) or _Place(past.begins_at), past)
    if listed != DENIED:
        yield from _disputes(access, rest if listed == DISPUTES else "", past)
    yield from _denied(access, _place(rest) or _Place(past.begins_at), past)


def _rows(access: ApiAccess, place: _Place, past: Past) -> Iterator[Page]:
    """Walk rows; one of the very second that two days share is read with both: it has one name."""
    while place.start < past.ends_at:
        end = min(place.start + WINDOW, past.ends_at)
        page = report_page(access, place.start, end, place.number)
        if page.complete_until < end:
            raise GatewayUnavailable("PayPal's reports don't reach so far yet")
        place = place.behind(page, end)
        bodies = chain(final(access, page.rows), _of_rows(access, page.rows))
        yield Page(bodies, place.written(), past.percent(place.start))


def _of_rows(access: ApiAccess, rows: list[Body]) -> Iterator[bytes]:
    """Walk how the disputes stand that some rows moved money for."""
    for payment_id in dict.fromkeys(filter(None, map(disputed_payment, rows))):
        with _unless_refused():
            yield from disputes_of(access, payment_id)


def _disputes(access: ApiAccess, token: str, past: Past) -> Iterator[Page]:
    """Walk the disputes of a past that PayPal still lists, whether or not they moved money."""
    since = max(past.begins_at, clock.now() - LISTED)
    while token != END and since < past.ends_at:
        items: list[Body] = []
        following = END
        with _unless_refused():
            items, following = list_disputes(access, written(since), token)
        own = [one for one in items if (instant(one.get("create_time")) or since) < past.ends_at]
        token = following
        yield Page(shown_disputes(access, own), f"{DISPUTES} {token}", ALMOST)


def _denied(access: ApiAccess, place: _Place, past: Past) -> Iterator[Page]:
    """Walk the payments of a past that PayPal denied; they moved nothing."""
    while place.start < past.ends_at:
        end = min(place.start + REPORT_WINDOW, past.ends_at)
        page = report_page(access, place.start, end, place.number, DENIED_ONLY)
        place = place.behind(page, end)
        yield Page(denied(page.rows), f"{DENIED} {place.written()}", ALMOST)


@contextmanager
def _unless_refused() -> Iterator[None]:
    """Go on without disputes where the app lacks the right to see them: rows say what moved."""
    try:
        yield
    except GatewayRefused as error:
        logger.warning("disputes not shown", reason=str(error))


def _place(read_until: str | None) -> _Place | None:
    start, _, number = (read_until or "").partition(" ")
    at = instant(start)
    return _Place(at, int(number)) if at else None
