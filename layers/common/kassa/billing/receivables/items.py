"""A receivable on its invoice's item: as one text, with a version, and where it is listed.

An item that an earlier release wrote has none: what it invoiced was paid by then, and is read so.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import VoidEntry, printed
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core import stored
from kassa.core.model import Model
from kassa.platform import keys, table

RECEIVABLE, VERSION = "receivable", "receivable_version"
BORN = (EntryKind.ISSUED, EntryKind.SETTLED)  # with an invoice, where they are of its source


class Terms(NamedTuple):
    """On what an invoice is issued that is paid later."""

    due_on: date
    tolerance_minor: int = 0  # what may be missing of its payment, and is written off by itself


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
    def birth(self) -> table.Item:
        """Return what the record of its number keeps: the receivable as it was issued."""
        entries = tuple(one for one in self.receivable.entries if self._is_born(one))
        born = self.receivable.model_copy(update={"entries": entries, "promised_on": None})
        return {RECEIVABLE: _text(born)}

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


def issued_entry(of: NumberEntry, at: datetime) -> Entry:
    """Return what an invoice enters by being issued."""
    tax_minor = sum(one.tax_minor for one in of.taxes)
    return Entry(
        kind=EntryKind.ISSUED,
        source_id=of.source_id,
        minor=of.gross_minor,
        tax_minor=tax_minor,
        at=at,
    )


def paid_when_issued(of: NumberEntry, at: datetime) -> Receivable:
    """Return the receivable of an invoice that is issued for what was captured."""
    settled = Entry(kind=EntryKind.SETTLED, source_id=of.source_id, minor=of.gross_minor, at=at)
    nothing = Receivable(currency=of.currency)
    return nothing.with_entries((issued_entry(of, at), settled))


def to_be_paid(of: NumberEntry, terms: Terms, at: datetime) -> Receivable:
    """Return the receivable of an invoice that is issued before it is paid."""
    nothing = Receivable(currency=of.currency, **terms._asdict())
    return nothing.with_entry(issued_entry(of, at))


def fields_of(of: NumberEntry, receivable: Receivable) -> table.Item:
    """Return what an invoice's item holds of its receivable; what is settled is in no queue."""
    fields: table.Item = {
        RECEIVABLE: _text(receivable),
        VERSION: 1,
        "state": receivable.state.value,
    }
    if receivable.open_minor:
        due_on = receivable.due_on or of.issued_on
        fields |= {"GSI2PK": keys.open_invoices(of.merchant_id)}
        fields |= {"GSI2SK": keys.listed(str(due_on), printed(of.series, of.number))}
    elif receivable.credit_minor:
        fields |= {"GSI2PK": keys.overpaid_invoices(of.merchant_id)}
        fields |= {"GSI2SK": keys.listed(str(of.issued_on), printed(of.series, of.number))}
    return fields


class Beside(NamedTuple):
    """What is set together with an entry: all or nothing."""

    credited: str | None = None  # what is given back then, held to what was counted
    sets: Mapping[str, Any] = MappingProxyType({})
    absent: str | None = None  # an attribute that mustn't be there yet


ALONE = Beside()


def entering(was: KeptReceivable, after: Receivable, beside: Beside = ALONE) -> dict[str, Any]:
    """Return the arguments of the update that enters what is new, on the version read.

    An earlier release counts what is given back without a version, so that is held by itself.
    """
    of, version = was.of, (was.version or 0) + 1
    sets = fields_of(of, after) | {VERSION: version} | dict(beside.sets)
    held, values = [f"#{VERSION} = :read_version"], dict[str, Any]({":read_version": was.version})
    if was.version is None:
        held, values = ["attribute_exists(PK)", f"attribute_not_exists(#{VERSION})"], {}
    if beside.absent is not None:
        held.append(f"attribute_not_exists(#{beside.absent})")
    if beside.credited is not None:
        sets["credited"] = beside.credited
        held.append("#credited = :was" if was.credited else "attribute_not_exists(#credited)")
        values |= {":was": was.credited} if was.credited else {}
    asleep = [name for name in ("GSI2PK", "GSI2SK") if name not in sets]
    key, condition = keys.invoice(of.merchant_id, of.series, of.number), " AND ".join(held)
    return table.setting(key, sets, asleep, ConditionExpression=condition, values=values)


def kept_receivable(of: NumberEntry, item: table.Item) -> KeptReceivable:
    """Return an invoice's receivable from its item."""
    if RECEIVABLE in item:
        receivable, version = stored.read_text(Receivable, item[RECEIVABLE]), int(item[VERSION])
    else:
        at = datetime.combine(of.issued_on, time.min, UTC)
        receivable, version = paid_when_issued(of, at), None
    if "void_entry" in item:  # an earlier release enters no void
        void = stored.read_text(VoidEntry, item["void_entry"])
        receivable = receivable.with_entry(voided_entry(of, void.at))
    return KeptReceivable(of, receivable, version, item.get("credited"))


def voided_entry(of: NumberEntry, at: datetime) -> Entry:
    """Return what the void of an invoice enters: all of its issue is taken back."""
    issued = issued_entry(of, at)
    return issued.model_copy(update={"kind": EntryKind.VOIDED})


def _text(receivable: Receivable) -> str:
    return stored.text(receivable, by_alias=True, exclude_defaults=True)
