"""Store an invoice's documents: its record, its PDF, and the electronic invoice where it has one.

The record is what the number comes back from, and holds no personal data. The buyer stands in the
PDF and in the electronic invoice alone; who was forgotten before they were made isn't in them.
"""

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.forms import electronic_forms
from kassa.billing.invoices import typeset
from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.sale import sale_of
from kassa.billing.invoices.store import Invoices
from kassa.billing.numbering.store import Numbers
from kassa.billing.typeset.typeset_document import typeset_document
from kassa.core.facts import FactMetadata
from kassa.customers.store import Customers
from kassa.orders.store import Orders
from kassa.platform import documents
from kassa.platform.telemetry import logger

XML = "application/xml"


def store_invoice(invoice: Invoice, invoices: Invoices) -> None:
    """Store what isn't stored yet of an invoice, and note where its document stands."""
    record = invoice.model_dump_json(exclude_none=True).encode()
    documents.store(invoice.record_path, record, "application/json")
    if invoice.taxes:  # a refund finds it by its payment
        entry = Numbers().numbered(invoice.merchant.merchant_id, invoice.series, invoice.number)
        paid_by = _source(invoice.gateway, invoice.account, invoice.payment_id)
        Numbers().lead_to(entry.entry, paid_by)
    pdf = _with_tax(invoice) if invoice.taxes else typeset.typeset(invoice)
    invoices.note_document(invoice, documents.store(invoice.path, pdf))


def _with_tax(invoice: Invoice) -> bytes:
    """Return the PDF of an invoice with tax; its electronic invoice is stored beside it."""
    sale, number = sold(invoice), invoice.number_printed
    forms = electronic_forms(sale, number)
    if forms.ubl is not None:
        documents.store(invoice.einvoice_path, forms.ubl, XML)
    else:
        rules = sorted({one.rule for one in forms.problems})
        logger.warning("no electronic invoice", invoice_number=number, rules=rules)
    return typeset_document(sale, number, attachment=forms.cii)


def source_of_payment(metadata: FactMetadata) -> str:
    """Return the source that leads from the payment of a fact to its invoice."""
    return _source(metadata.gateway, metadata.account, metadata.subject_id)


def _source(*payment: str) -> str:
    return ":".join(("payment", *payment))


def sold(invoice: Invoice) -> Document:
    """Return what was sold, by its order and its buyer as they stand."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(str(invoice.order_id))
    assert order is not None, "an order's content is never taken back"
    buyer = Customers(merchant.merchant_id).find(order.buyer_id)
    return sale_of(order, invoice, buyer, invoice.language)
