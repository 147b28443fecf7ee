"""Put numbers back that a table lost, from their records in the bucket.

Nothing that stands is changed, but for the head of a series, which is raised to what came back.
"""

import json

from kassa.billing.numbering.record import Entry, InvoiceState, VoidEntry, hashed
from kassa.billing.numbering.store import CONTENT, issued, key_of, listed, pointer
from kassa.billing.receivables.items import fields_of
from kassa.billing.receivables.receivable import RECEIVABLE, Receivable
from kassa.core import stored
from kassa.core.errors import Conflict
from kassa.platform import keys, table


def bring_back(record: bytes) -> str | None:
    """Put a lost number back from its record, and count its series at least up to it.

    Returns the number if it was lost. Nothing that stands is changed, but for the series' head.
    Raises Conflict where another document stands under the number: a person must look.
    """
    fields = json.loads(record)
    content = fields.pop(CONTENT, {})
    fields |= content if "draft" in content else {}  # of which documents are made again
    found = issued(fields)
    kept = table.get(key_of(found.entry))
    if kept and issued(kept).entry.source_id != found.entry.source_id:
        given = f"{found.number_printed} was given twice: {found.entry.source_id}"
        raise Conflict(f"invoice {given}")
    fields |= _owed(found.entry, fields) | listed(found.entry)
    was_lost = table.put_new(key_of(found.entry)._asdict() | fields)
    table.put_new(keys.invoiced(found.entry.source_id)._asdict() | pointer(found.entry))
    entry = found.entry
    sets: table.Item = {"last_number": entry.number, "last_issued_on": str(entry.issued_on)}
    if found.entry_hash:
        sets |= {"last_position": entry.position, "last_hash": found.entry_hash}
    _raise_head(entry, sets, "last_number", entry.number)
    return found.number_printed if was_lost else None


def _owed(of: Entry, record: table.Item) -> table.Item:
    """Return what an invoice's item holds of what is owed, as it was when it was issued.

    What became of it since then has records of its own (`restore_entries`). The record of an
    earlier release says nothing, so neither does its item.
    """
    if RECEIVABLE not in record:
        return {}
    return fields_of(of, stored.read_text(Receivable, record[RECEIVABLE]))


def bring_void_back(record: bytes) -> bool:
    """Put a lost void back from its record, once all numbers stand; tell if it was lost."""
    text = record.decode()
    entry, digest = stored.read_text(VoidEntry, text), hashed(text)
    sets = {"void_entry": text, "void_hash": digest, "state": InvoiceState.VOID.value}
    held = "attribute_exists(PK) AND attribute_not_exists(void_entry)"
    was_lost = table.write(
        "update_item", **table.setting(key_of(entry), sets, ConditionExpression=held)
    )
    head = {"last_position": entry.position, "last_hash": digest}
    _raise_head(entry, head, "last_position", entry.position)
    return was_lost is not None


def _raise_head(entry: Entry | VoidEntry, sets: table.Item, name: str, value: int) -> None:
    """Count a series on to what was brought back, unless it is as far already."""
    key = keys.invoice_series(entry.merchant_id, entry.series)
    held = f"attribute_not_exists(#{name}) OR #{name} < :read"
    named = {"merchant_id": entry.merchant_id, "name": entry.series}
    raised = table.setting(key, named | sets, ConditionExpression=held, values={":read": value})
    table.write("update_item", **raised)
