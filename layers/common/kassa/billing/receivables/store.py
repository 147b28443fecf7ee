"""Receivables in the table: one item is one invoice, and every change is held to its version."""

from collections.abc import Callable, Iterable

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.series import parted
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.items import entering, kept_receivable
from kassa.billing.receivables.receivable import Entry, Receivable
from kassa.billing.receivables.receivable import KeptReceivable as KeptReceivable
from kassa.core.errors import InvalidRequest, InvoiceNotFound, StaleWrite
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import PageRequest

_START = "#"  # sorts before every day
Decide = Callable[[Receivable], Iterable[Entry]]
Found = tuple[tuple[KeptReceivable, ...], str | None]  # and the cursor of the next page


class Receivables:
    """Reads and writes of what is owed to one merchant."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def of_order(self, order_id: str) -> KeptReceivable | None:
        """Return the receivable of an order's invoice; none where no invoice is the order's."""
        return self.of_source(keys.of_order(self._merchant_id, order_id))

    def of_source(self, source_id: str) -> KeptReceivable | None:
        """Return the receivable that a source leads to: a fact, a payment, an order."""
        item = Numbers().of_source(source_id)
        return kept_of(item) if item else None

    def of_number(self, number: str) -> KeptReceivable:
        """Return the receivable of a printed number; raise InvoiceNotFound for no invoice's.

        Raises InvalidRequest for a text that isn't printed as numbers are.
        """
        name, counted = parted(number)
        item = table.get(keys.invoice(self._merchant_id, name, counted))
        kept = kept_of(item) if item else None
        if kept is None or kept.of.kind is not DocumentKind.INVOICE:
            raise InvoiceNotFound(f"no invoice {number} was issued")
        return kept

    def of_numbers(self, numbers: Iterable[tuple[str, int]]) -> list[KeptReceivable | None]:
        """Return the receivables of several numbers of series; none where one wasn't given."""
        invoice_keys = [keys.invoice(self._merchant_id, *one) for one in numbers]
        found = table.get_all(invoice_keys)
        return [kept_of(found[key]) if key in found else None for key in invoice_keys]

    def outstanding(self, page: PageRequest) -> Found:
        """Return a page of invoices that are open, first due first, then of those overpaid.

        What has changed since the index was read is left out, so a page may hold fewer.
        """
        queues = (keys.open_invoices(self._merchant_id), keys.overpaid_invoices(self._merchant_id))
        at, since = _place(queues, page.cursor) if page.cursor else (0, _START)
        limit = min(page.limit, index_pages.PAGE_MAX)
        listed: list[table.Item] = []
        cursor = None
        for queue in queues[at:]:
            if len(listed) == limit:
                cursor = index_pages.spelled(_START, _list(queue))
                break
            found, more = _queued(queue, since, limit - len(listed))
            listed, since = listed + found, _START
            if more:
                cursor = index_pages.spelled(str(found[-1]["GSI2SK"]), _list(queue))
                break
        kept = (one for _, one in _read(listed))
        return tuple(one for one in kept if _is_outstanding(one.receivable)), cursor

    def of_customer(self, customer_id: str, page: PageRequest) -> Found:
        """Return a page of a customer's invoices, newest first, and the next one's cursor."""
        partition = keys.billed(self._merchant_id, customer_id)
        return index_pages.newest([partition], page, _invoices)

    def documents_of_customer(
        self, customer_id: str, page: PageRequest
    ) -> tuple[tuple[IssuedDocument, ...], str | None]:
        """Return a page of a customer's invoices and credit notes, newest first."""
        partition = keys.billed(self._merchant_id, customer_id)
        return index_pages.newest([partition], page, _documents)

    def add(self, number: str, entry: Entry) -> KeptReceivable:
        """Enter what became of an invoice, once, and return how it stands.

        Raises StaleWrite when another writer was first: read again, and try again.
        """
        return self.enter(number, lambda _: (entry,))

    def enter(self, number: str, decide: Decide) -> KeptReceivable:
        """Enter, each once, what is decided on the receivable as it is read; as `add` does."""
        was = self.of_number(number)
        return written(was, was.receivable.with_entries(decide(was.receivable)))


def _place(queues: tuple[str, str], cursor: str) -> tuple[int, str]:
    """Return in which of two queues a cursor goes on, and behind what."""
    try:
        return 0, index_pages.position(cursor, _list(queues[0]))
    except InvalidRequest:
        return 1, index_pages.position(cursor, _list(queues[1]))


def _list(queue: str) -> str:
    """Return the list that cursors belong to; others list the same queue in their own way."""
    return f"receivables {queue}"


def _queued(queue: str, since: str, limit: int) -> tuple[list[table.Item], bool]:
    """Return what stands in a queue behind a place, and whether more follows."""
    listed, last = table.query(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK > :since",
        ExpressionAttributeValues=table.typed({":queue": queue, ":since": since}),
        Limit=limit,
    )
    return listed, last is not None


def _is_outstanding(receivable: Receivable) -> bool:
    return bool(receivable.open_minor or receivable.credit_minor)


def written(was: KeptReceivable, after: Receivable) -> KeptReceivable:
    """Write a receivable where it has changed since it was read; raise StaleWrite as `add` does."""
    if after == was.receivable:
        return was
    if table.write("update_item", **entering(was, after)) is None:
        raise StaleWrite(f"invoice {was.number} was changed meanwhile")
    return was._replace(receivable=after, version=(was.version or 0) + 1)


def kept_of(item: table.Item) -> KeptReceivable:
    """Return an invoice's receivable from its item, with its number."""
    return kept_receivable(issued(item).entry, item)


def _read(listed: list[table.Item]) -> list[tuple[table.Item, KeptReceivable]]:
    """Return the invoices among listed documents, in the list's order."""
    kept = [(one, kept_of(item)) for one, item in _items(listed)]
    return [(one, each) for one, each in kept if each.of.kind is DocumentKind.INVOICE]


def _invoices(listed: list[table.Item]) -> list[tuple[str, KeptReceivable]]:
    return [(str(one["GSI1SK"]), kept) for one, kept in _read(listed)]


def _documents(listed: list[table.Item]) -> list[tuple[str, IssuedDocument]]:
    return [(str(one["GSI1SK"]), issued(item)) for one, item in _items(listed)]


def _items(listed: list[table.Item]) -> list[tuple[table.Item, table.Item]]:
    """Return what an index leads to; it may be behind the table."""
    where = [keys.Key(one["PK"], one["SK"]) for one in listed]
    found = table.get_all(where)
    return [(one, found[of]) for one, of in zip(listed, where, strict=True) if of in found]
