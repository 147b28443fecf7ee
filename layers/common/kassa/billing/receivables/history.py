"""What happened to an invoice day by day, by its merchant's calendar, and how it stood on any day.

An entry's day is that on which it was entered, and never one before the invoice's own date: what
is entered with the invoice bears its date, also where clocks differ around midnight.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable

Calendar = Callable[[datetime], date]  # the day of an instant, as Merchant.day_of


class Change(NamedTuple):
    """What an entry did to what a customer owes, in the order of days; minor units."""

    on: date
    entry: Entry
    owed_minor: int  # of documents: what is invoiced, less what is credited or void
    paid_minor: int  # below zero where money went back
    written_minor: int  # given up; below zero where it was paid after all


class History:
    """One invoice's receivable, with a day for each entry."""

    def __init__(self, receivable: Receivable, issued_on: date, calendar: Calendar) -> None:
        self._receivable = receivable
        of_issue = (one.at for one in receivable.entries if one.kind is EntryKind.ISSUED)
        issued_at = next(of_issue, None)

        def day_of(entry: Entry) -> date:
            if issued_at is not None and entry.at <= issued_at:
                return issued_on
            return max(issued_on, calendar(entry.at))

        dated = ((day_of(entry), entry) for entry in receivable.entries)
        self._entries = sorted(dated, key=lambda one: (one[0], one[1].at))

    def as_of(self, day: date) -> Receivable:
        """Return the receivable as it stood at the end of a day."""
        entries = (entry for on, entry in self._entries if on <= day)
        return self._without_entries().with_entries(entries)

    def changes(self) -> Iterator[Change]:
        """Yield what each entry changed, earlier days first; they come to how it stands now."""
        before = self._without_entries()
        for on, entry in self._entries:
            after = before.with_entry(entry)
            yield Change(
                on,
                entry,
                after.owed_minor - before.owed_minor,
                after.paid_minor - before.paid_minor,
                after.position.written_minor - before.position.written_minor,
            )
            before = after

    def _without_entries(self) -> Receivable:
        return self._receivable.model_copy(update={"entries": ()})
