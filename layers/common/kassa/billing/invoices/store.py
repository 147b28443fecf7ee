"""Invoices of captures in the table: what they say, beside their number's entry in its series."""

from datetime import datetime

from kassa.billing.invoices.invoice import Invoice, statement_of
from kassa.billing.numbering.record import SINCE
from kassa.billing.numbering.series import Series, next_entry
from kassa.billing.numbering.store import Move, Numbers, as_json
from kassa.billing.receivables.items import fields_of, paid_when_issued
from kassa.core import stored
from kassa.platform import keys, table


class Invoices:
    """Reads and writes of the one writer of invoices."""

    def series(self, merchant_id: str, name: str) -> Series:
        """Return how far a series is numbered; a new year begins at nothing."""
        return Numbers().series(merchant_id, name)

    def keep(self, invoice: Invoice, before: Series, at: datetime) -> table.Item:
        """Count the series on and write the invoice, its entry and its pointer, all or nothing.

        It is issued and settled by the one write. Returns its item. Raises StaleWrite when another
        invoice took the number or the fact was invoiced meanwhile; read again.
        """
        entry, after = next_entry(statement_of(invoice), before, invoice.issued_on)
        fields = invoice.model_dump(mode="json", exclude_none=True)
        fields |= fields_of(entry, paid_when_issued(entry, at))
        return Numbers().keep(entry, Move(before, after), fields)

    def note_document(self, invoice: Invoice, sha256: str, einvoice_sha256: str | None) -> bool:
        """Note where the document stands, and its forms' hashes, once; tell whether this was it."""
        noted = {"document_key": invoice.path, "document_sha256": sha256}
        if einvoice_sha256 is not None:
            noted["einvoice_sha256"] = einvoice_sha256
        held = "attribute_exists(PK) AND attribute_not_exists(document_key)"
        update = table.setting(_key(invoice), noted, ConditionExpression=held)
        return table.write("update_item", **update) is not None


def _key(invoice: Invoice) -> keys.Key:
    return keys.invoice(invoice.merchant.merchant_id, invoice.series, invoice.number)


def read_invoice(item: table.Item) -> Invoice:
    """Return an invoice from its item, without what became of it since it was issued."""
    fields = {name: value for name, value in item.items() if name not in SINCE}
    return stored.read_text(Invoice, as_json(fields))
