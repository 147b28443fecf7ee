"""Enter again what a table lost of what became of invoices, from the records in the bucket.

An invoice comes back with its number as it was issued (`restore_numbers`); each thing that became
of it since has a record of its own. What stands is left as it stands.
"""

from collections.abc import Iterable

from kassa.billing.credit_notes.credit import Credited
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.receivable import EntryKind, EntryRecord, KeptReceivable, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.billing.receivables.void_receivable import back_of
from kassa.core import stored
from kassa.platform import keys, table


def restore_entries(records: Iterable[bytes]) -> int:
    """Enter what is missing, in the order in which it was entered, once all numbers stand.

    Returns how many entries were lost. What credit notes gave back is counted again where no count
    stands. Raises StaleWrite where a worker writes at the same time: try again.
    """
    found = [stored.read_text(EntryRecord, record) for record in records]
    lost = 0
    for one in sorted(found, key=lambda one: (one.number, one.position)):
        was = Receivables(one.merchant_id).of_number(one.number)
        kept = Receivables(one.merchant_id).add(one.number, one.entry)
        lost += kept.version != was.version
        if one.entry.kind is EntryKind.SETTLED:
            Numbers().lead_to(kept.of, one.entry.source_id)
        if one.entry.kind is EntryKind.REVERSED and kept.of.order_id:
            Numbers().lead_to(kept.of, keys.of_order(one.merchant_id, kept.of.order_id))
    for merchant_id, number in sorted({(one.merchant_id, one.number) for one in found}):
        _count_again(Receivables(merchant_id).of_number(number))
    return lost


def _count_again(kept: KeptReceivable) -> None:
    """Count what the notes of an invoice gave back, unless that stands."""
    sums: Credited | None = None
    for back in _given_back(kept.receivable):
        sums = back if sums is None else sums.plus(back)
    if sums is not None:
        table.write(
            "update_item",
            **table.setting(
                keys.invoice(kept.of.merchant_id, kept.of.series, kept.of.number),
                {"credited": stored.text(sums)},
                ConditionExpression="attribute_not_exists(#credited)",
            ),
        )


def _given_back(receivable: Receivable) -> Iterable[Credited]:
    """Yield what each note gave back that isn't void."""
    noted = [one for one in receivable.entries if one.kind is EntryKind.CREDITED and one.number]
    for entry in noted:
        item = Numbers().of_source(entry.source_id)
        is_void = receivable.entered(EntryKind.CREDIT_VOIDED, entry.source_id) is not None
        if item and not is_void and (back := back_of(issued(item).entry)):
            yield back
