"""A receivable on its invoice's item: as one text, with a version, and where it is listed.

An item that an earlier release wrote has none: what it invoiced was paid by then, and is read so.
"""

from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import VoidEntry, printed
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core import stored
from kassa.platform import keys, table

RECEIVABLE, VERSION = "receivable", "receivable_version"


class KeptReceivable(NamedTuple):
    """A receivable with the invoice it is of, and the version that a change is held to."""

    of: NumberEntry
    receivable: Receivable
    version: int | None  # none: an earlier release kept none

    @property
    def number(self) -> str:
        """Return the invoice's number as people read it."""
        return printed(self.of.series, self.of.number)


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


def fields_of(of: NumberEntry, receivable: Receivable) -> table.Item:
    """Return what an invoice's item holds of its receivable; what is settled is in no queue."""
    fields: table.Item = {
        RECEIVABLE: stored.text(receivable, by_alias=True, exclude_defaults=True),
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


def listed_fields(of: NumberEntry) -> table.Item:
    """Return where a document is listed with its customer's; one without a customer isn't."""
    if of.customer_id is None:
        return {}
    listed = keys.listed(str(of.issued_on), printed(of.series, of.number))
    return {"GSI1PK": keys.billed(of.merchant_id, of.customer_id), "GSI1SK": listed}


def entering(was: KeptReceivable, after: Receivable, sets: table.Item, **held: Any) -> table.Item:
    """Return the arguments of the update that enters what is new, on the version read.

    `sets` is what else is set with it, and `held` a condition on that, with its values.
    """
    of = was.of
    sets = fields_of(of, after) | {VERSION: (was.version or 0) + 1} | sets
    asleep = [name for name in ("GSI2PK", "GSI2SK") if name not in sets]
    condition, values = f"#{VERSION} = :read_version", {":read_version": was.version}
    if was.version is None:
        condition, values = f"attribute_exists(PK) AND attribute_not_exists(#{VERSION})", {}
    if "ConditionExpression" in held:
        condition += f" AND {held['ConditionExpression']}"
    key = keys.invoice(of.merchant_id, of.series, of.number)
    values |= held.get("values", {})
    return table.setting(key, sets, asleep, ConditionExpression=condition, values=values)


def kept_receivable(of: NumberEntry, item: table.Item) -> KeptReceivable:
    """Return an invoice's receivable from its item."""
    if RECEIVABLE not in item:
        return KeptReceivable(of, _of_earlier_release(of, item), None)
    receivable = stored.read_text(Receivable, item[RECEIVABLE])
    return KeptReceivable(of, receivable, int(item[VERSION]))


def _of_earlier_release(of: NumberEntry, item: table.Item) -> Receivable:
    """Return what an earlier release left: an invoice of what was paid, void or not."""
    at = datetime.combine(of.issued_on, time.min, UTC)
    receivable = paid_when_issued(of, at)
    if "void_entry" not in item:
        return receivable
    void = stored.read_text(VoidEntry, item["void_entry"])
    return receivable.with_entry(voided_entry(of, void.at))


def voided_entry(of: NumberEntry, at: datetime) -> Entry:
    """Return what the void of an invoice enters: all of its issue is taken back."""
    issued = issued_entry(of, at)
    return issued.model_copy(update={"kind": EntryKind.VOIDED})
