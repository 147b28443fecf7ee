"""Enter what became of an invoice, and let it be known: its record in the bucket, and its facts.

What is entered is committed with the item; record and facts follow from what the item then holds.
So whoever comes again after a crash, or with the same message, completes both and changes nothing.
"""

from kassa.billing.receivables.entry_facts import facts_of
from kassa.billing.receivables.receivable import Entry, KeptReceivable
from kassa.billing.receivables.store import Decide, Receivables
from kassa.core import stored
from kassa.platform import documents
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict

RESERVE_S = 2.0  # kept back for the record and the facts


def note_entry(
    merchant_id: str, number: str, entry: Entry, time_left_s: TimeLeft
) -> KeptReceivable:
    """Enter what became of a printed number, once, and let it be known; return how it stands.

    Raises InvoiceNotFound where it is no invoice's, and StaleWrite when others kept being first
    until the time ran out.
    """
    return note_entries((merchant_id, number), entry.source_id, lambda _: (entry,), time_left_s)


def note_entries(
    of: tuple[str, str], source_id: str, decide: Decide, time_left_s: TimeLeft
) -> KeptReceivable:
    """Enter what is decided of one source, on an invoice as it is read; else as `note_entry`.

    `of` is whose invoice it is, and its printed number.
    """
    merchant_id, number = of
    receivables = Receivables(merchant_id)
    kept = retry_on_conflict(lambda: receivables.enter(number, decide), time_left_s, RESERVE_S)
    make_known(kept, source_id)
    return kept


def announce_invoice(merchant_id: str, source_id: str) -> None:
    """Let an invoice be known whose request died before it could."""
    if kept := Receivables(merchant_id).of_source(source_id):
        make_known(kept, source_id)


def make_known(kept: KeptReceivable, source_id: str) -> None:
    """Store the records of what was entered of a source, and publish its facts."""
    for path, record in kept.records(source_id):
        documents.store(path, stored.text(record).encode(), "application/json")
    event_bus.publish(facts_of(kept, source_id))
