"""Reads what customers owe: all of them by pages of the index, or one as they stand now."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kassa.billing.numbering.series import parted
from kassa.billing.numbering.store import issued
from kassa.billing.receivables.items import kept_receivable
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.owed.open_invoice import customer_of, open_invoice
from kassa.billing.reminders.schedule import OpenInvoice
from kassa.core.errors import UnreadableItem
from kassa.platform import keys, table
from kassa.platform.keys import Key
from kassa.platform.telemetry import leave_out

Owed = dict[
    str, list[OpenInvoice]
]  # by customer; those whose oldest invoice is due first are first


def owed_by_customer(merchant_id: str, until: date) -> Owed:
    """Return the invoices that are open and due by a day, as the index and the table say now.

    They are read a page of the index at a time, and no more of each is kept than decides; what is
    charged or sent is read again before.
    """
    owed: Owed = {}
    for kept in listed(merchant_id, until):
        invoice = open_invoice(kept, kept.receivable)
        owed.setdefault(sys.intern(customer_of(kept.of)), []).append(invoice)
    return owed


def listed(merchant_id: str, until: date) -> Iterator[KeptReceivable]:
    """Yield the same invoices one by one, first due first, with all that is kept of them."""
    for page in _pages(merchant_id, until):
        yield from (kept for kept in _receivables(page) if kept.receivable.open_minor > 0)


def standing(merchant_id: str, numbers: Iterable[str]) -> dict[str, KeptReceivable]:
    """Return invoices by number as they stand now, the open ones alone."""
    found = Receivables(merchant_id).of_numbers(parted(one) for one in numbers)
    kept = (one for one in found if one is not None and one.receivable.open_minor > 0)
    return {one.number: one for one in kept}


def _pages(merchant_id: str, until: date) -> Iterator[list[table.Item]]:
    """Yield the places of open invoices that are due by a day, first due first."""
    end = until + timedelta(days=1)
    return table.pages(
        IndexName="GSI2",
        KeyConditionExpression="GSI2PK = :queue AND GSI2SK < :end",
        ExpressionAttributeValues=table.typed(
            {":queue": keys.open_invoices(merchant_id), ":end": str(end)}
        ),
        Limit=table.AT_ONCE,
    )


def _receivables(page: list[table.Item]) -> Iterator[KeptReceivable]:
    """Yield the invoices behind entries of the index; one that can't be read is left out."""
    where = [Key(one["PK"], one["SK"]) for one in page]
    found = table.get_all(where, is_consistent=False)
    for key in where:
        try:
            if key in found:
                yield kept_receivable(issued(found[key]).entry, found[key])
        except UnreadableItem as error:
            leave_out(error, invoice=key.PK)
