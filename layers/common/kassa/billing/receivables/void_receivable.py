"""What a void number does to what is owed: it takes back an invoice's issue, or a note's credit."""

from datetime import datetime
from typing import Any

from kassa.billing.credit_notes.credit import Credited
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import (
    InvoiceState,
    IssuedDocument,
    VoidEntry,
    hashed,
    printed,
    text_of,
)
from kassa.billing.receivables.items import Beside, entering, voided_entry
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable
from kassa.billing.receivables.store import Receivables
from kassa.core import stored
from kassa.core.errors import Conflict, InvalidRequest, InvoiceNotFound, StaleWrite
from kassa.platform import keys, table


def void_updates(document: IssuedDocument, void: VoidEntry) -> list[dict[str, Any]]:
    """Return the writes of a void number and of what was owed: its own, or its note's invoice's.

    Raises Conflict for an invoice while credit notes give back of it: they would give back of
    nothing.
    """
    text = text_of(void)
    sets = {"void_entry": text, "void_hash": hashed(text), "state": InvoiceState.VOID.value}
    was, held = receivable_of(document), "attribute_not_exists(void_entry)"
    if was is not None and was.of == document.entry:
        if notes := was.receivable.credit_notes:
            raise Conflict(f"{', '.join(notes)} give back of {was.number}: void them first")
        after = was.receivable.with_entry(voided_entry(was.of, void.at))
        return [entering(was, after, Beside(sets=sets, absent="void_entry"))]
    held = f"attribute_exists(PK) AND {held}"
    own = table.setting(
        keys.invoice(void.merchant_id, void.series, void.number), sets, ConditionExpression=held
    )
    return [own] if was is None else [own, _given_again(document.entry, was, void.at)]


def receivable_of(document: IssuedDocument) -> KeptReceivable | None:
    """Return the receivable of an invoice, or of the invoice that a credit note gives back of."""
    entry, number = document.entry, document.number_printed
    if entry.kind is DocumentKind.CREDIT_NOTE and entry.preceding:
        number = entry.preceding
    elif entry.kind is not DocumentKind.INVOICE:
        return None
    try:
        return Receivables(entry.merchant_id).of_number(number)
    except (InvalidRequest, InvoiceNotFound):  # a note of what was numbered elsewhere
        return None


def _given_again(note: NumberEntry, was: KeptReceivable, at: datetime) -> dict[str, Any]:
    """Return the write that takes a credit note off its invoice, held to how that was read.

    What it gave back thing by thing is counted no more, so the next note can give it back; of a
    note that an earlier release issued that isn't known, and stays counted. Raises StaleWrite where
    the note became void since it was read.
    """
    if was.receivable.entered(EntryKind.CREDIT_VOIDED, note.source_id) is not None:
        raise StaleWrite(f"credit note {printed(note.series, note.number)} is void")
    entry = Entry(
        kind=EntryKind.CREDIT_VOIDED,
        source_id=note.source_id,
        minor=note.gross_minor,
        tax_minor=sum(one.tax_minor for one in note.taxes),
        number=printed(note.series, note.number),
        at=at,
    )
    credited = was.receivable.entered(EntryKind.CREDITED, note.source_id)
    after = was.receivable.with_entry(entry) if credited else was.receivable
    back = back_of(note)
    if back is None or was.credited is None:
        return entering(was, after)
    left = stored.read_text(Credited, was.credited).less(back)
    return entering(was, after, Beside(stored.text(left)))


def back_of(note: NumberEntry) -> Credited | None:
    """Return what a credit note gives back thing by thing, as its item says."""
    item = table.get(keys.invoice(note.merchant_id, note.series, note.number)) or {}
    back = item.get("share", {}).get("back")
    return stored.read_text(Credited, back) if back else None
