"""Lists of what is owed to a merchant, as of any day, and of what customers paid beyond it.

What stands today has an index. How an earlier day was follows from every invoice that was issued
by then, so its pages are read up from the first number, in so many rounds at most.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import DIGITS_MAX
from kassa.billing.numbering.series import PREFIXES
from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables.ageing import Ageing, Credit, OpenItem, aged, credit, open_item
from kassa.billing.receivables.history import History
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.receivables.store import Found, Receivables
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform import clock, index_pages, table
from kassa.platform.index_pages import PAGE_MAX, ROUNDS_MAX, Page, PageRequest

YEARS_BACK = 10  # of whose invoices something may still have been owed


class ReceivablesPage(Page):
    """Some of what was owed at the end of a day, and of what customers paid beyond it."""

    as_of: date
    open_items: tuple[OpenItem, ...]
    credits: tuple[Credit, ...]  # each is its customer's, and lowers no open item
    ageing: tuple[Ageing, ...]  # of this page, by currency: those of all pages add up


class ReceivablesFilter(NamedTuple):
    """What is asked for; of what is none, all."""

    as_of: date | None = None  # the end of that day, by the merchant's calendar; today without it
    customer_id: str | None = None
    currency: str | None = None


class _Place(NamedTuple):
    year: int
    number: int


def listed(merchant: Merchant, filters: ReceivablesFilter, request: PageRequest) -> ReceivablesPage:
    """Return a page of what was owed on a day: today's first due first, an earlier day's by number.

    A customer's are listed newest first. A page may hold fewer than asked for, or none, though
    more follow.
    """
    today = merchant.day_of(clock.now())
    as_of = filters.as_of or today
    receivables = Receivables(merchant.merchant_id)
    if filters.customer_id is not None:
        found, cursor = receivables.of_customer(filters.customer_id, request)
    elif as_of >= today:
        found, cursor = receivables.outstanding(request)
    else:
        found, cursor = _stood(merchant, as_of, request)
    return _page(merchant, filters._replace(as_of=as_of), found, cursor)


def _page(
    merchant: Merchant,
    filters: ReceivablesFilter,
    found: Iterable[KeptReceivable],
    cursor: str | None,
) -> ReceivablesPage:
    as_of = filters.as_of
    assert as_of is not None
    stood = [
        (one.of, _history(one, merchant).as_of(as_of))
        for one in found
        if filters.currency in (None, one.of.currency)
    ]
    open_items = tuple(item for each in stood if (item := open_item(*each, as_of)))
    credits = tuple(paid for each in stood if (paid := credit(*each)))
    return ReceivablesPage(
        as_of=as_of,
        open_items=open_items,
        credits=credits,
        ageing=aged(open_items, credits),
        has_more=cursor is not None,
        next_cursor=cursor,
    )


def _stood(merchant: Merchant, as_of: date, request: PageRequest) -> Found:
    """Return a page of the invoices of which something was owed or overpaid on an earlier day."""
    of_list = f"receivables {merchant.merchant_id} {as_of}"
    after = _place(request.cursor, of_list) if request.cursor else None
    places = _places(merchant.merchant_id, as_of.year, after)
    limit = min(request.limit, PAGE_MAX)
    chosen: list[tuple[_Place, KeptReceivable]] = []
    last, size = None, limit
    for _ in range(ROUNDS_MAX):
        batch = list(islice(places, size))
        read = _read(merchant.merchant_id, batch)
        chosen += [each for each in read if _counts(each[1], merchant, as_of)]
        is_over = any(one.of.issued_on > as_of for _, one in read)
        last = batch[-1] if len(batch) == size and not is_over else None
        if last is None or len(chosen) >= limit:
            break
        size = table.AT_ONCE
    if len(chosen) > limit:
        last = chosen[limit - 1][0]
    cursor = index_pages.spelled(f"{last.year}#{last.number}", of_list) if last else None
    return tuple(one for _, one in chosen[:limit]), cursor


def _counts(one: KeptReceivable, merchant: Merchant, as_of: date) -> bool:
    stood = _history(one, merchant).as_of(as_of)
    return bool(stood.open_minor or stood.credit_minor)


def _history(one: KeptReceivable, merchant: Merchant) -> History:
    return History(one.receivable, one.of.issued_on, merchant.day_of)


def _places(merchant_id: str, last_year: int, after: _Place | None) -> Iterator[_Place]:
    """Yield the numbers of invoices, oldest first, behind a place."""
    first_year = max(after.year if after else 0, last_year - YEARS_BACK)
    for year in range(first_year, last_year + 1):
        last = Numbers().series(merchant_id, _series(year)).last_number
        first = after.number + 1 if after and after.year == year else 1
        yield from (_Place(year, number) for number in range(first, last + 1))


def _read(merchant_id: str, places: list[_Place]) -> list[tuple[_Place, KeptReceivable]]:
    numbers = [(_series(place.year), place.number) for place in places]
    found = Receivables(merchant_id).of_numbers(numbers)
    return [(place, one) for place, one in zip(places, found, strict=True) if one]


def _series(year: int) -> str:
    return f"{PREFIXES[DocumentKind.INVOICE]}{year:04d}"


def _place(cursor: str, of_list: str) -> _Place:
    year, _, number = index_pages.position(cursor, of_list).partition("#")
    for part in (year, number):
        if not (part.isascii() and part.isdecimal() and len(part) <= DIGITS_MAX):
            raise InvalidRequest("cursor: take it from the page before, as it is")
    return _Place(int(year), int(number))
