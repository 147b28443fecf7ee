"""Store an invoice's documents: its record, its PDF, and the electronic invoice where it has one.

The record is what the number comes back from, and holds no personal data. The buyer stands in the
PDF and in the electronic invoice alone; who was forgotten before they were made isn't in them.
"""

import json

from kassa.billing.invoices import typeset
from kassa.billing.invoices.read_sale import read_sale
from kassa.billing.invoices.sale import Sold
from kassa.billing.invoices.store import Invoices, read_invoice
from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.typeset.print_forms import count_missing, print_forms
from kassa.billing.typeset.typeset_document import typeset_document
from kassa.platform import documents, keys, table

XML = "application/xml"


def store_invoice(item: table.Item, kept: KeptReceivable) -> None:
    """Store what isn't stored yet of a capture's invoice, and note where its document stands."""
    invoice = read_invoice(item)
    record = invoice.model_dump(mode="json", exclude_none=True)
    if kept.version is not None:
        record |= kept.birth
    text = json.dumps(record, ensure_ascii=False).encode()
    documents.store(invoice.record_path, text, "application/json")
    if invoice.taxes:  # a refund finds it by its payment
        paid_by = keys.of_payment(invoice.gateway, invoice.account, invoice.payment_id)
        Numbers().lead_to(kept.of, paid_by)
        forms = printed_forms(read_sale(invoice), invoice.number_printed)
    elif invoice.layout == typeset.BRANDED:
        sold = read_sale(invoice)
        look = sold.seller.branding
        forms = {"pdf": typeset_document(sold.document, invoice.number_printed, look)}
    else:
        forms = {"pdf": typeset.typeset(invoice)}
    einvoice = documents.store(invoice.einvoice_path, forms["xml"], XML) if "xml" in forms else None
    is_complete = Invoices().note_document(
        invoice, documents.store(invoice.path, forms["pdf"]), einvoice
    )
    if is_complete and invoice.taxes:
        count_missing(forms)


def printed_forms(sold: Sold, number: str) -> dict[str, bytes]:
    """Return a document as PDF, and as electronic invoice (xml) where no rule is broken."""
    return print_forms(sold.document, sold.seller, number)
