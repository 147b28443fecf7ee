"""How a document stood at the end of a month, and what happened to it in the month.

What is entered after the month changes neither, so both are the same whenever they are asked for.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kassa.billing.handover.month import Month
from kassa.billing.numbering.record import InvoiceState, IssuedDocument, VoidEntry
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core.merchant import Merchant


class Standing(NamedTuple):
    """How a document stood at the end of a month."""

    state: InvoiceState
    open_minor: int  # what of it was owed
    due_on: date | None
    void: VoidEntry | None = None
    void_on: date | None = None


class Change(NamedTuple):
    """What happened in a month to a document that was issued before it."""

    on: date
    kind: EntryKind
    minor: int
    source: str | None  # a credit note's number, or what it is of


class Months:
    """Reads how documents stood at the end of one month, by one merchant's calendar."""

    def __init__(self, month: Month, merchant: Merchant) -> None:
        self._month, self._merchant = month, merchant

    def standing(self, document: IssuedDocument, receivable: Receivable | None) -> Standing:
        """Return how a document stood; a credit note or a receipt has no receivable."""
        void = document.void
        void_on = self._merchant.day_of(void.at) if void else None
        if void_on is not None and void_on > self._month.last_day:
            void = void_on = None
        if receivable is None:
            state = InvoiceState.VOID if void else InvoiceState.PAID
            return Standing(state, 0, None, void, void_on)
        was = self._at_the_end(document, receivable)
        state = InvoiceState.VOID if void else was.state
        return Standing(state, was.open_minor, was.due_on, void, void_on)

    def changes(self, document: IssuedDocument, receivable: Receivable | None) -> Iterator[Change]:
        """Yield what happened in the month to a document of an earlier one, in its order."""
        if document.entry.issued_on >= self._month.first_day:
            return
        if receivable is None:
            yield from self._void_alone(document)
            return
        for entry in receivable.entries:
            on = self._day_of(document, receivable, entry)
            if entry.kind is not EntryKind.ISSUED and self._is_within(on):
                yield Change(on, entry.kind, entry.minor, entry.number or entry.source_id)

    def _void_alone(self, document: IssuedDocument) -> Iterator[Change]:
        void, entry = document.void, document.entry
        on = self._merchant.day_of(void.at) if void else None
        if on is not None and self._is_within(on):
            yield Change(on, EntryKind.VOIDED, entry.gross_minor, None)

    def _at_the_end(self, document: IssuedDocument, receivable: Receivable) -> Receivable:
        """Return a receivable with what was entered by the month's end."""
        last = self._month.last_day
        entries = tuple(
            one for one in receivable.entries if self._day_of(document, receivable, one) <= last
        )
        return receivable.model_copy(update={"entries": entries})

    def _day_of(self, document: IssuedDocument, receivable: Receivable, entry: Entry) -> date:
        """Return the day of an entry; what is entered with the document bears the document's."""
        issued_on = document.entry.issued_on
        issued_at = next(
            (one.at for one in receivable.entries if one.kind is EntryKind.ISSUED), entry.at
        )
        if entry.at <= issued_at:
            return issued_on
        return max(issued_on, self._merchant.day_of(entry.at))

    def _is_within(self, on: date) -> bool:
        return self._month.first_day <= on <= self._month.last_day
