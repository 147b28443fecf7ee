"""Lists of numbered documents, and one of them with its links.

Numbers without a gap are a list of themselves: a page is read down from the last one, and what
isn't asked for is left out, in so many rounds at most. Dates rise with the numbers, so a span of
days is found by halving. A customer's documents, and what is owed by when it is due, have an index.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.invoices.draft_lines import draft_lines
from kassa.billing.invoices.store import read_invoice
from kassa.billing.invoices.view import InvoiceFilter, InvoiceView, shown_document
from kassa.billing.numbering.record import DIGITS_MAX, IssuedDocument
from kassa.billing.numbering.series import PREFIXES, parted
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.items import kept_receivable
from kassa.core.errors import InvalidRequest, InvoiceNotFound, UnreadableItem
from kassa.platform import documents, index_pages, keys, table
from kassa.platform.index_pages import PAGE_MAX, ROUNDS_MAX, Page, PageRequest
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out

YEARS_MAX = 10  # that one list goes back


class InvoicePage(Page):
    """Some invoices, credit notes or receipts."""

    invoices: tuple[InvoiceView, ...]


class Place(NamedTuple):
    """Where a list stands: a series, and a number of it."""

    series: str
    number: int


def listed(
    merchant_id: str, filters: InvoiceFilter, today: date, request: PageRequest
) -> InvoicePage:
    """Return a page of what is asked for: what was due, a customer's, or else of some series.

    Raises InvalidRequest for more years than one list goes over, and where what was due is to be
    something else than open invoices.
    """
    if filters.due_before is not None:
        if filters.kind is not DocumentKind.INVOICE:
            raise InvalidRequest("due_before: only invoices are due")
        return due(merchant_id, filters, request)
    if filters.customer_id is not None:
        return of_customer(merchant_id, filters.customer_id, filters, request)
    return newest(merchant_id, _series_of(filters, today), filters, request)


def _series_of(filters: InvoiceFilter, today: date) -> tuple[str, ...]:
    """Return the series of a year, else of the days of issue, else this year's; newest first."""
    prefix = PREFIXES[filters.kind]
    last = min(filters.issued_until or today, today).year
    first = filters.issued_from.year if filters.issued_from else last
    if filters.year is not None:
        return (f"{prefix}{filters.year}",)
    if last - first >= YEARS_MAX:
        raise InvalidRequest(f"issued_from: a list goes over {YEARS_MAX} years at most")
    return tuple(f"{prefix}{year:04d}" for year in range(last, first - 1, -1))


def newest(
    merchant_id: str, series: Sequence[str], filters: InvoiceFilter, request: PageRequest
) -> InvoicePage:
    """Return a page of what is asked for of some series, which are named newest first.

    With a filter it may hold fewer than asked for, or none, though more follow.
    """
    limit = min(request.limit, PAGE_MAX)
    of_list = f"{merchant_id} {' '.join(series)}"
    after = _place(request.cursor, of_list, series) if request.cursor else None
    places, size = _places(merchant_id, series, after, filters.issued_until), limit
    matching: list[tuple[Place, InvoiceView]] = []
    last: Place | None = None
    for _ in range(ROUNDS_MAX):
        batch = list(islice(places, size))
        read, is_over = _matching(merchant_id, batch, filters)
        matching += read
        last = batch[-1] if len(batch) == size and not is_over else None
        if last is None or len(matching) >= limit:
            break
        size = table.AT_ONCE
    if len(matching) > limit:
        last = matching[limit - 1][0]
    if last and last == Place(series[-1], 1):  # nothing stands below it
        last = None
    return InvoicePage(
        invoices=tuple(one for _, one in matching[:limit]),
        has_more=last is not None,
        next_cursor=index_pages.spelled(f"{last.series}#{last.number}", of_list) if last else None,
    )


def of_customer(
    merchant_id: str, customer_id: str, filters: InvoiceFilter, request: PageRequest
) -> InvoicePage:
    """Return a page of a customer's documents of all years, newest first."""

    def fetch(entries: list[table.Item]) -> list[tuple[str, InvoiceView]]:
        both = zip(entries, _behind(entries), strict=True)
        return [(str(entry["GSI1SK"]), one) for entry, one in both if one and filters.keeps(one)]

    shown, cursor = index_pages.newest([keys.billed(merchant_id, customer_id)], request, fetch)
    return InvoicePage(invoices=shown, has_more=cursor is not None, next_cursor=cursor)


def due(merchant_id: str, filters: InvoiceFilter, request: PageRequest) -> InvoicePage:
    """Return a page of the invoices of all years that were due before a day, first due first."""
    partition, before = keys.open_invoices(merchant_id), str(filters.due_before)
    since = index_pages.position(request.cursor, partition) if request.cursor else " "
    limit = min(request.limit, PAGE_MAX)
    entries, _ = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :open AND GSI2SK BETWEEN :since AND :before",
        ExpressionAttributeValues=table.typed(
            {":open": partition, ":since": since, ":before": before}
        ),
        Limit=limit + 1,
    )
    next_one = str(entries[limit]["GSI2SK"]) if len(entries) > limit else None
    shown = _behind(entries[:limit])
    return InvoicePage(
        invoices=tuple(one for one in shown if one and filters.keeps(one)),
        has_more=next_one is not None,
        next_cursor=index_pages.spelled(next_one, partition) if next_one else None,
    )


def _behind(entries: list[table.Item]) -> list[InvoiceView | None]:
    """Return the documents that entries of an index lead to; an index may be behind the table."""
    invoice_keys = [keys.Key(entry["PK"], entry["SK"]) for entry in entries]
    items = table.get_all(invoice_keys)
    return [_readable(items.get(key)) for key in invoice_keys]


def found(merchant_id: str, number_printed: str) -> tuple[InvoiceView, IssuedDocument]:
    """Return a document by its printed number, as it is shown and as it is kept.

    Raises InvoiceNotFound where the number wasn't given, InvalidRequest for what is none.
    """
    series, number = parted(number_printed)
    item = table.get(keys.invoice(merchant_id, series, number))
    if item is None:
        raise InvoiceNotFound(f"no document {number_printed} was issued")
    return _shown(item), issued(item)


def of_order(merchant_id: str, order_id: str) -> InvoiceView | None:
    """Return the invoice of an order; none before it is invoiced."""
    item = Numbers().of_source(keys.of_order(merchant_id, order_id))
    return _shown(item) if item else None


def found_all(merchant_id: str, numbers: Sequence[str]) -> dict[str, InvoiceView]:
    """Return documents by their printed numbers, in that order; what wasn't issued is left out.

    Raises InvalidRequest for what is no number.
    """
    where = {keys.invoice(merchant_id, *parted(one)): one for one in numbers}
    items = table.get_all(list(where))
    return {name: _shown(items[key]) for key, name in where.items() if key in items}


def numbered(merchant_id: str, number_printed: str) -> InvoiceView:
    """Return a document by its printed number, with links to its forms; raises as `found`."""
    shown, document = found(merchant_id, number_printed)
    links = {
        name: documents.link(document.path(form))
        for name, form in (("document_url", "pdf"), ("einvoice_url", "xml"))
        if form in document.documents
    }
    return shown.model_copy(update=links)


def _places(
    merchant_id: str, series: Sequence[str], after: Place | None, until: date | None
) -> Iterator[Place]:
    """Yield the numbers of some series, newest first, below a place or up to a day."""
    names = series[series.index(after.series) :] if after else series
    for name in names:
        first = Numbers().series(merchant_id, name).last_number
        if after and after.series == name:
            first = min(first, after.number - 1)
        elif until is not None:
            first = _last_until(merchant_id, name, first, until)
        yield from (Place(name, number) for number in range(first, 0, -1))


def _last_until(merchant_id: str, name: str, last: int, until: date) -> int:
    """Return the last number that bears a day or an earlier one; 0 where none does."""

    def day_of(number: int) -> date:
        return Numbers().numbered(merchant_id, name, number).entry.issued_on

    return bisect_right(range(1, last + 1), until, key=day_of)


def _matching(
    merchant_id: str, places: Sequence[Place], filters: InvoiceFilter
) -> tuple[list[tuple[Place, InvoiceView]], bool]:
    """Return what is asked for of some places, and whether all that follows is too early."""
    invoice_keys = [keys.invoice(merchant_id, *place) for place in places]
    items = table.get_all(invoice_keys)
    shown = [
        (place, _readable(items.get(key))) for place, key in zip(places, invoice_keys, strict=True)
    ]
    first = filters.issued_from or date.min
    is_over = any(one is not None and one.issued_on < first for _, one in shown)
    kept = [(place, one) for place, one in shown if one is not None and filters.keeps(one)]
    return kept, is_over


def _shown(item: table.Item) -> InvoiceView:
    document = issued(item)
    invoice = read_invoice(item) if "fact_id" in item else None
    is_invoice = document.entry.kind is DocumentKind.INVOICE
    kept = kept_receivable(document.entry, item) if is_invoice else None
    receivable, time_zone = kept.receivable if kept else None, settings().merchant_time_zone
    shown = shown_document(document, invoice, receivable, time_zone)
    if "draft" not in item:
        return shown
    return shown.model_copy(update={"lines": draft_lines(item["draft"])})


def _readable(item: table.Item | None) -> InvoiceView | None:
    """Return a document as it is shown; what a newer release wrote is left out."""
    try:
        return _shown(item) if item else None
    except UnreadableItem as error:
        leave_out(error, invoice=str((item or {}).get("PK")))
        return None


def _place(cursor: str, of_list: str, series: Sequence[str]) -> Place:
    name, _, number = index_pages.position(cursor, of_list).partition("#")
    is_plain = number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX
    if name not in series or not is_plain:
        raise InvalidRequest("cursor: take it from the page before, as it is")
    return Place(name, int(number))
