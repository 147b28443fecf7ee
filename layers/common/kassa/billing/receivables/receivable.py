"""A receivable: what is owed of one invoice, folded from the set of what happened to it.

What happened is a set of entries. Where that leaves the invoice (sold, taxed, paid, written off) is
a function of the set alone, so neither order nor repetition matters; what an entry moves is the
difference that it makes, and stands with it. So the postings of any set come to the same balances.

A customer's money is taken up as far as something is owed; what is more stays their credit, on
`customers`. It is taken up by itself when more is owed again, as after a payment was taken back.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, NamedTuple

from pydantic import Field, PlainSerializer, StrictInt

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import InvoiceState, printed
from kassa.core import stored
from kassa.core.model import Instant, Model

Minor = Annotated[StrictInt, Field(ge=0)]


class EntryKind(StrEnum):
    """What can happen to an invoice; amounts depend on it, so an unknown one can't be read."""

    ISSUED = "issued"
    CREDITED = "credited"  # by a credit note; or without one, where the invoice states no tax
    CREDIT_VOIDED = "credit_voided"  # the credit note is void, or its refund came back
    SETTLED = "settled"  # a payment of the customer's
    REVERSED = "reversed"  # a payment was taken back
    REFUNDED = "refunded"
    REFUND_REVERSED = "refund_reversed"  # a refund came back
    CREDIT_MOVED = "credit_moved"  # the customer's credit pays another invoice, which `number` is
    VOIDED = "voided"
    WRITTEN_OFF = "written_off"
    LATE_FEE = "late_fee"  # this and what follows: beside its documents (decision 0025)
    LATE_INTEREST = "late_interest"
    LATE_CHARGE_WAIVED = "late_charge_waived"


class Position(NamedTuple):
    """Where an invoice stands, or what an entry moved of that; minor units.

    What customers owe is what was sold with its tax and what being late added, less what was
    applied and written off.
    """

    net_minor: int = 0
    tax_minor: int = 0
    applied_minor: int = 0  # of what was paid: as much as was owed
    written_minor: int = 0
    fee_minor: int = 0
    interest_minor: int = 0

    @property
    def open_minor(self) -> int:
        """Return what of it is owed."""
        owed_minor = self.net_minor + self.tax_minor + self.fee_minor + self.interest_minor
        return owed_minor - self.applied_minor - self.written_minor

    def less(self, other: "Position") -> "Position":
        """Return what it takes to come here from another position."""
        return Position(*(one - was for one, was in zip(self, other, strict=True)))


def _short(position: Position) -> tuple[int, ...]:
    """Return a position as it is stored: an earlier release reads one without late charges."""
    return tuple(position) if position.fee_minor or position.interest_minor else position[:4]


class Entry(Model):
    """One thing that happened to an invoice, once for each kind and source.

    Short names in the table, since DynamoDB bills names too.
    """

    kind: EntryKind = Field(alias="k")
    source_id: str = Field(alias="i")  # a fact, a document's source, a request: what it is of
    minor: Minor = Field(alias="a")  # all of it, with tax
    tax_minor: Minor = Field(default=0, alias="x")  # of documents: the tax in it
    at: Instant = Field(alias="t")  # when it was entered
    number: str | None = Field(default=None, alias="n")  # the credit note's, as it is printed
    payment: str | None = Field(default=None, alias="b")  # gateway/account/payment_id
    moved: Annotated[Position, PlainSerializer(_short)] = Field(
        default=Position(), alias="m"
    )  # filled in by `with_entry`


class Receivable(Model):
    """What happened to one invoice, and what follows from it."""

    currency: str = Field(alias="c")
    due_on: date | None = Field(default=None, alias="d")  # none: it was paid when it was issued
    promised_on: date | None = Field(default=None, alias="p")  # by when the customer said to pay
    tolerance_minor: Minor = Field(default=0, alias="u")  # missing of a payment: is written off
    entries: tuple[Entry, ...] = Field(default=(), alias="e")  # as they were entered

    def entered(self, kind: EntryKind, source_id: str) -> Entry | None:
        """Return what was entered of a source."""
        named = (kind, source_id)
        return next((one for one in self.entries if (one.kind, one.source_id) == named), None)

    def with_entry(self, entry: Entry) -> "Receivable":
        """Return it with one more entry, and what that moves; one that stands changes nothing."""
        if self.entered(entry.kind, entry.source_id) is not None:
            return self
        after = self.model_copy(update={"entries": (*self.entries, entry)})
        moved = after.position.less(self.position)
        entries = (*self.entries, entry.model_copy(update={"moved": moved}))
        return self.model_copy(update={"entries": entries})

    def with_entries(self, entries: Iterable[Entry]) -> "Receivable":
        """Return it with several more entries, each where it isn't entered yet."""
        after = self
        for entry in entries:
            after = after.with_entry(entry)
        return after

    def minor_of(self, *kinds: EntryKind) -> int:
        """Return what all entries of some kinds come to."""
        return sum(one.minor for one in self.entries if one.kind in kinds)

    @property
    def position(self) -> Position:
        """Return where the entries leave the invoice, in whatever order they came."""
        owed_minor, paid_minor = self.owed_minor, self.paid_minor
        applied_minor = min(paid_minor, owed_minor)
        rest_minor = owed_minor - applied_minor
        written_minor = min(self.minor_of(K.WRITTEN_OFF), rest_minor)
        if applied_minor > 0 and rest_minor - written_minor <= self.tolerance_minor:
            written_minor = rest_minor
        tax_minor = (
            0 if self.is_void else sum(_TAKES[one.kind] * one.tax_minor for one in self.entries)
        )
        net_minor = self.documents_minor - tax_minor
        late = self.late_charges
        return Position(net_minor, tax_minor, applied_minor, written_minor, *late)

    @property
    def owed_minor(self) -> int:
        """Return what its documents come to, and what being late added to that."""
        return self.documents_minor + sum(self.late_charges)

    @property
    def late_charges(self) -> tuple[int, int]:
        """Return the fees and the interest of being late that aren't waived.

        Whose documents come to nothing was never late. What is waived takes fees first.
        """
        if self.documents_minor <= 0:
            return 0, 0
        left_minor = self.minor_of(K.LATE_FEE) - self.minor_of(K.LATE_CHARGE_WAIVED)
        return max(left_minor, 0), max(self.minor_of(K.LATE_INTEREST) + min(left_minor, 0), 0)

    @property
    def principal_minor(self) -> int:
        """Return what is owed of its documents alone: payments and write-offs take that first."""
        taken_minor = self.position.applied_minor + self.position.written_minor
        return max(self.documents_minor - taken_minor, 0)

    @property
    def documents_minor(self) -> int:
        """Return what its documents come to: issued, less credited; nothing of what is void."""
        return 0 if self.is_void else sum(_TAKES[one.kind] * one.minor for one in self.entries)

    @property
    def is_void(self) -> bool:
        """Whether its number is void, also where it came to nothing."""
        return any(one.kind is K.VOIDED for one in self.entries)

    @property
    def credit_notes(self) -> tuple[str, ...]:
        """Return the numbers of its credit notes that aren't void, as they are printed."""
        void = {one.source_id for one in self.entries if one.kind is K.CREDIT_VOIDED}
        credited = (one for one in self.entries if one.kind is K.CREDITED)
        return tuple(one.number for one in credited if one.number and one.source_id not in void)

    @property
    def paid_minor(self) -> int:
        """Return what the customer paid and didn't get back; below zero where they got more."""
        paid_minor = self.minor_of(K.SETTLED, K.REFUND_REVERSED)
        return paid_minor - self.minor_of(K.REVERSED, K.REFUNDED, K.CREDIT_MOVED)

    @property
    def open_minor(self) -> int:
        """Return what is still owed; never below zero."""
        return self.position.open_minor

    @property
    def credit_minor(self) -> int:
        """Return what the customer paid beyond what is owed: theirs, on `customers`."""
        return self.paid_minor - self.position.applied_minor

    @property
    def state(self) -> InvoiceState:
        """Return how the invoice stands."""
        if self.is_void:
            return InvoiceState.VOID
        if self.open_minor:
            return InvoiceState.OPEN
        is_given_up = self.minor_of(K.WRITTEN_OFF) and self.position.written_minor
        return InvoiceState.UNCOLLECTIBLE if is_given_up else InvoiceState.PAID

    @property
    def paid_at(self) -> datetime | None:
        """Return when the last of what was paid came in; none where it isn't paid."""
        came_in = (one.at for one in reversed(self.entries) if one.moved.applied_minor > 0)
        return next(came_in, None) if self.state is InvoiceState.PAID else None

    @property
    def is_awaited(self) -> bool:
        """Whether the order's next payment belongs to it: it is owed, or is its only invoice.

        An invoice that was issued to be paid later is the only one of its sale, so what is paid
        beyond it is the customer's credit. What a capture was invoiced by asks for no more.
        """
        if self.state is InvoiceState.VOID:
            return False
        return self.due_on is not None or self.state is not InvoiceState.PAID


CREDIT = "credit:"  # how the source begins of what pays one invoice and was paid for another
RECEIVABLE = "receivable"  # the name under which an item and a record hold one
K = EntryKind
BORN = (K.ISSUED, K.SETTLED)  # with an invoice, where they are of its source
_TAKES = dict.fromkeys(EntryKind, 0) | {
    K.ISSUED: 1,
    K.CREDITED: -1,
    K.CREDIT_VOIDED: 1,
}


def text_of(receivable: Receivable) -> str:
    """Return a receivable as it is stored."""
    return stored.text(receivable, by_alias=True, exclude_defaults=True)


class EntryRecord(Model):
    """An entry as it stands in the bucket, from which a lost one is entered again."""

    merchant_id: str
    number: str  # the invoice's, as it is printed
    position: int  # among the invoice's entries
    entry: Entry


class KeptReceivable(NamedTuple):
    """A receivable with the invoice it is of, and the version that a change is held to."""

    of: NumberEntry
    receivable: Receivable
    version: int | None  # none: an earlier release kept none
    credited: str | None = None  # what its credit notes gave back, thing by thing

    @property
    def number(self) -> str:
        """Return the invoice's number as people read it."""
        return printed(self.of.series, self.of.number)

    @property
    def birth(self) -> dict[str, str]:
        """Return what the record of its number keeps: the receivable as it was issued."""
        entries = tuple(one for one in self.receivable.entries if self._is_born(one))
        born = self.receivable.model_copy(update={"entries": entries, "promised_on": None})
        return {RECEIVABLE: text_of(born)}

    def _is_born(self, entry: Entry) -> bool:
        return entry.source_id == self.of.source_id and entry.kind in BORN

    def records(self, source_id: str) -> Iterator[tuple[str, EntryRecord]]:
        """Yield the record of each entry of a source, and where in the bucket it belongs.

        What an invoice was issued with stands in the record of its number.
        """
        for position, entry in enumerate(self.receivable.entries, start=1):
            if entry.source_id == source_id and not self._is_born(entry):
                digest = sha256(f"{entry.kind}:{source_id}".encode()).hexdigest()[:16]
                where = f"invoices/{self.of.merchant_id}/{self.of.series}"
                yield (
                    f"{where}/{self.number}_{digest}.entry.json",
                    EntryRecord(
                        merchant_id=self.of.merchant_id,
                        number=self.number,
                        position=position,
                        entry=entry,
                    ),
                )
