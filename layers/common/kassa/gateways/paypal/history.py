"""Reads PayPal's past: the rows of its transaction reports, a day at a time, page by page.

Rows tell of payments, refunds, disputes, payouts and fees; what failed, PayPal doesn't list. It
keeps three years, and shows ten thousand rows of a request at most.

Source: "List transactions" (developer.paypal.com/docs/api/transaction-search/v1).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.paypal.event_list import written
from kassa.gateways.paypal.parsing import instant
from kassa.gateways.paypal.payouts import final, report_page
from kassa.gateways.ports import Page, Past
from kassa.platform.secrets import ApiAccess

WINDOW = timedelta(days=1)


class _Place(NamedTuple):
    """From which instant on a window is read, and which of its pages comes next."""

    start: datetime
    number: int = 1

    def written(self) -> str:
        return f"{written(self.start)} {self.number}"


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk the rows of a past; raise GatewayUnavailable where the reports don't reach its end yet.

    A row of the very second that two days share is read with both; it has one name.
    """
    place = _place(read_until) or _Place(past.begins_at)
    while place.start < past.ends_at:
        end = min(place.start + WINDOW, past.ends_at)
        page = report_page(access, place.start, end, place.number)
        if page.complete_until < end:
            raise GatewayUnavailable("PayPal's reports don't reach so far yet")
        is_last = place.number >= page.pages
        place = _Place(end) if is_last else place._replace(number=place.number + 1)
        yield Page(final(access, page.rows), place.written(), past.percent(place.start))


def _place(read_until: str | None) -> _Place | None:
    start, _, number = (read_until or "").partition(" ")
    at = instant(start)
    return _Place(at, int(number)) if at else None
