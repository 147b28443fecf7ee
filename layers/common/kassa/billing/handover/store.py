"""A month's numbers in the table, and their documents in the bucket, as a hand-over reads them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import product
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.handover.month import Month
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.series import PREFIXES
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.items import kept_receivable
from kassa.billing.receivables.receivable import Receivable
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

YEARS_BACK = 10  # of whose documents changes are told: as long as most laws keep them
FETCHES = 8  # at once
FORMS = ("pdf", "xml")  # what is handed over of a document; its record stays


class Span(NamedTuple):
    """The numbers of a series that bear days up to the end of a month."""

    series: str
    year: int
    before: int  # the last number of an earlier day than the month's first
    last: int


def spans(merchant_id: str, month: Month) -> Iterator[Span]:
    """Yield the series of each kind that have numbers by the month's end, the oldest first."""
    years = range(month.year - YEARS_BACK, month.year + 1)
    for prefix, year in product(PREFIXES.values(), years):
        name = f"{prefix}{year:04d}"
        last = Numbers().series(merchant_id, name).last_number
        span = Span(name, year, last, last)
        if year == month.year:
            span = _of_the_months_year(merchant_id, span, month)
        if span.last:
            yield span


def _of_the_months_year(merchant_id: str, span: Span, month: Month) -> Span:
    last = _last_until(merchant_id, span.series, span.last, month.last_day)
    before = _last_until(merchant_id, span.series, last, month.first_day - date.resolution)
    return span._replace(before=before, last=last)


def items(merchant_id: str, span: Span) -> Iterator[table.Item | None]:
    """Yield the items of a span's numbers from 1 on; none where one is missing."""
    return Numbers().items(merchant_id, span.series, span.last)


def receivable_of(document: IssuedDocument, item: table.Item) -> Receivable | None:
    """Return what is owed of an invoice, from its item; none of another kind."""
    if document.entry.kind is not DocumentKind.INVOICE:
        return None
    return kept_receivable(document.entry, item).receivable


def documents_of(merchant_id: str, span: Span, after: int) -> Iterator[IssuedDocument]:
    """Yield a month's documents of a series in their order, those behind a number."""
    for first in range(max(span.before, after) + 1, span.last + 1, table.AT_ONCE):
        numbers = range(first, min(first + table.AT_ONCE, span.last + 1))
        places = [keys.invoice(merchant_id, span.series, number) for number in numbers]
        found = table.get_all(places)
        yield from (issued(found[key]) for key in places if key in found)


def chained_after(merchant_id: str, span: Span) -> int | None:
    """Return the place in the chain of the first number behind a span that has one."""
    last = Numbers().series(merchant_id, span.series).last_number
    for number in range(span.last + 1, last + 1):
        position = Numbers().numbered(merchant_id, span.series, number).entry.position
        if position is not None:
            return position
    return None


def read_forms(
    documents: Sequence[IssuedDocument],
) -> Iterator[dict[str, bytes | None]]:
    """Yield the forms of each document that were made; none where one isn't in the bucket."""
    aws.client("s3")  # made here, since making one isn't safe in threads
    to_read = [(one, form) for one in documents for form in FORMS if form in one.documents]
    with ThreadPoolExecutor(FETCHES) as fetching:
        read = fetching.map(_read, (one.path(form) for one, form in to_read))
        found = {(id(one), form): body for (one, form), body in zip(to_read, read, strict=True)}
    for one in documents:
        yield {form: found[id(one), form] for form in FORMS if form in one.documents}


def _read(key: str) -> bytes | None:
    client = aws.client("s3")
    try:
        body: bytes = client.get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    except client.exceptions.NoSuchKey:
        return None
    return body


def _last_until(merchant_id: str, name: str, last: int, until: date) -> int:
    """Return the last number that bears a day or an earlier one; 0 where none does."""

    def day_of(number: int) -> date:
        return Numbers().numbered(merchant_id, name, number).entry.issued_on

    return bisect_right(range(1, last + 1), until, key=day_of)


def batches(documents: Iterable[IssuedDocument], size: int) -> Iterator[list[IssuedDocument]]:
    """Yield documents so many at once."""
    batch: list[IssuedDocument] = []
    for one in documents:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
