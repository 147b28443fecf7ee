"""What a refund of an invoice with tax enters there: its credit note, and the money."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import printed
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core.facts import FactMetadata
from kassa.core.money import Money


class Refund(NamedTuple):
    """A refund that left: by which fact of its payment, how much, and when it is entered."""

    of: FactMetadata
    amount: Money
    at: datetime

    @property
    def source_id(self) -> str:
        """Return what it is entered as."""
        return self.of.fact_id

    @property
    def payment_id(self) -> str:
        """Return its payment."""
        return self.of.subject_id


def noted_minor(refund: Refund, on: Receivable) -> int:
    """Return how much of a refund a note gives back: what is beyond the customer's credit.

    Nothing, where the refund is entered.
    """
    if on.entered(EntryKind.REFUNDED, refund.source_id):
        return 0
    return max(0, refund.amount.amount_minor - max(0, on.credit_minor))


def missing_entries(refund: Refund, note: NumberEntry | None, on: Receivable) -> Iterable[Entry]:
    """Return what isn't entered yet of a refund and its note, if it has one.

    A note that an earlier release issued is entered when its message comes again.
    """
    source_id, at = refund.source_id, refund.at
    if on.entered(EntryKind.REFUNDED, source_id):
        return
    if note is not None:
        yield Entry(
            kind=EntryKind.CREDITED,
            source_id=source_id,
            minor=note.gross_minor,
            tax_minor=sum(one.tax_minor for one in note.taxes),
            number=printed(note.series, note.number),
            at=at,
        )
    minor = refund.amount.amount_minor
    yield Entry(
        kind=EntryKind.REFUNDED,
        source_id=source_id,
        minor=minor,
        at=at,
        payment=refund.of.subject_name,
    )
