"""Receivables in the table, by age as they were when a month ended, for its manifest to keep."""

from datetime import date, timedelta
from typing import Any

from kassa.billing.receivables.ageing import Ageing, together
from kassa.billing.receivables.lists import ReceivablesFilter, listed
from kassa.core.merchant import Merchant
from kassa.core.periods import Period
from kassa.platform import clock
from kassa.platform.index_pages import PAGE_MAX, PageRequest
from kassa.platform.settings import settings
from kassa.reports.customers.receivables import Owed

PAGES_MAX = 300  # of up to a thousand invoices each; of more it isn't worked out


def inputs(period: Period) -> dict[str, Any]:
    """Return what was owed when a month ended, or yesterday while it goes on.

    It follows from what was entered by the end of that day, so it comes out the same later.
    """
    merchant = Merchant.from_settings(settings().model_dump())
    yesterday = merchant.day_of(clock.now()) - timedelta(days=1)
    return _owed(merchant, min(period.days[-1], yesterday)).model_dump(mode="json")


def _owed(merchant: Merchant, as_of: date) -> Owed:
    found, request = list[Ageing](), PageRequest(limit=PAGE_MAX)
    for _ in range(PAGES_MAX):
        page = listed(merchant, ReceivablesFilter(as_of), request)
        found += page.ageing
        if page.next_cursor is None:
            return Owed(as_of=as_of, ageing=together(found))
        request = request._replace(cursor=page.next_cursor)
    return Owed(as_of=as_of, ageing=None)
