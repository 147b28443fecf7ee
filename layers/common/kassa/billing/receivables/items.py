"""A receivable on its invoice's item: as one text, with a version, and where it is listed.

An item that an earlier release wrote has none: what it invoiced was paid by then, and is read so.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, NamedTuple

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import VoidEntry, printed
from kassa.billing.receivables.receivable import (
    RECEIVABLE,
    Entry,
    EntryKind,
    KeptReceivable,
    Receivable,
    text_of,
)
from kassa.core import stored
from kassa.platform import keys, table

VERSION = "receivable_version"


class Terms(NamedTuple):
    """On what an invoice is issued that is paid later."""

    due_on: date
    tolerance_minor: int = 0  # what may be missing of its payment, and is written off by itself


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
        RECEIVABLE: text_of(receivable),
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
