"""How a document stood at the end of a month, and what happened to it in the month.

What is entered after the month changes neither, so both are the same whenever they are asked for.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kassa.billing.handover.month import Month
from kassa.billing.numbering.record import InvoiceState, IssuedDocument, VoidEntry
from kassa.billing.receivables.ageing import OpenItem, open_item
from kassa.billing.receivables.history import History
from kassa.billing.receivables.receivable import EntryKind, Receivable
from kassa.core.merchant import Merchant


class MonthEnd(NamedTuple):
    """How a document stood at the end of a month; amounts are minor units."""

    state: InvoiceState
    due_on: date | None = None
    open_item: OpenItem | None = None  # what of it was owed
    credit_minor: int = 0  # what its customer paid beyond that
    void: VoidEntry | None = None
    void_on: date | None = None

    @property
    def open_minor(self) -> int:
        """Return what of it was owed."""
        return self.open_item.open_minor if self.open_item else 0


class Change(NamedTuple):
    """What happened in a month to a document that was issued before it; minor units."""

    on: date
    kind: EntryKind
    minor: int
    written_minor: int = 0  # given up with it; below zero where it was paid after all
    source: str | None = None  # a credit note's number, or what it is of


class MonthOfReceivables:
    """Reads how documents stood at the end of one month, by one merchant's calendar."""

    def __init__(self, month: Month, merchant: Merchant) -> None:
        self._month, self._merchant = month, merchant

    def at_end(self, document: IssuedDocument, receivable: Receivable | None) -> MonthEnd:
        """Return how a document stood; a credit note or a receipt has no receivable."""
        void, last = document.void, self._month.last_day
        void_on = self._merchant.day_of(void.at) if void else None
        if void_on is not None and void_on > last:
            void = void_on = None
        if receivable is None:
            state = InvoiceState.VOID if void else InvoiceState.PAID
            return MonthEnd(state, void=void, void_on=void_on)
        was = self._history(document, receivable).as_of(last)
        return MonthEnd(
            state=InvoiceState.VOID if void else was.state,
            due_on=was.due_on,
            open_item=open_item(document.entry, was, last),
            credit_minor=max(was.credit_minor, 0),
            void=void,
            void_on=void_on,
        )

    def changes(self, document: IssuedDocument, receivable: Receivable | None) -> Iterator[Change]:
        """Yield what happened in the month to a document of an earlier one, in its order."""
        if document.entry.issued_on >= self._month.first_day:
            return
        if receivable is None:
            yield from self._void_alone(document)
            return
        for change in self._history(document, receivable).changes():
            entry = change.entry
            if entry.kind is not EntryKind.ISSUED and self._is_within(change.on):
                source = entry.number or entry.source_id
                is_void = entry.kind is EntryKind.VOIDED  # then only what was left of it changes
                minor = -change.owed_minor if is_void else entry.minor
                yield Change(change.on, entry.kind, minor, change.written_minor, source)

    def _void_alone(self, document: IssuedDocument) -> Iterator[Change]:
        on = self._merchant.day_of(document.void.at) if document.void else None
        if on is not None and self._is_within(on):
            yield Change(on, EntryKind.VOIDED, document.entry.gross_minor)

    def _history(self, document: IssuedDocument, receivable: Receivable) -> History:
        return History(receivable, document.entry.issued_on, self._merchant.day_of)

    def _is_within(self, on: date) -> bool:
        return self._month.first_day <= on <= self._month.last_day
