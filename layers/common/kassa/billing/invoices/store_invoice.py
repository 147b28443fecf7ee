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
from kassa.customers.store import Customers
from kassa.gateways.events import Subject
from kassa.orders.store import Orders
from kassa.platform import documents
from kassa.platform.telemetry import logger

XML = "application/xml"


def store_invoice(invoice: Invoice, invoices: Invoices) -> None:
    """Store what isn't stored yet of an invoice, and note where its document stands."""
    record = invoice.model_dump_json(exclude_none=True).encode()
    documents.store(invoice.record_path, record, "application/json")
    forms = _with_tax(invoice) if invoice.taxes else {"pdf": typeset.typeset(invoice)}
    einvoice = documents.store(invoice.einvoice_path, forms["xml"], XML) if "xml" in forms else None
    invoices.note_document(invoice, documents.store(invoice.path, forms["pdf"]), einvoice)


def _with_tax(invoice: Invoice) -> dict[str, bytes]:
    """Return the forms of an invoice with tax, which a refund finds by its payment."""
    paid_by = _source(invoice.gateway, invoice.account, invoice.payment_id)
    place = invoice.merchant.merchant_id, invoice.series, invoice.number
    Numbers().lead_to(*place, paid_by)
    return printed_forms(sold(invoice), invoice.number_printed)


def printed_forms(document: Document, number: str) -> dict[str, bytes]:
    """Return a document as PDF, and as electronic invoice (xml) where no rule is broken."""
    forms = electronic_forms(document, number)
    pdf = {"pdf": typeset_document(document, number, attachment=forms.cii)}
    if forms.ubl is None:
        rules = sorted({one.rule for one in forms.problems})
        logger.warning("no electronic invoice", invoice_number=number, rules=rules)
        return pdf
    return {"xml": forms.ubl} | pdf


def source_of_payment(payment: Subject) -> str:
    """Return the source that leads from a payment to its invoice."""
    return _source(payment.gateway, payment.account, payment.subject_id)


def _source(*payment: str) -> str:
    return ":".join(("payment", *payment))


def sold(invoice: Invoice) -> Document:
    """Return what was sold, by its order and its buyer as they stand."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(str(invoice.order_id))
    assert order is not None, "an order's content is never taken back"
    buyer = Customers(merchant.merchant_id).find(order.buyer_id)
    return sale_of(order, invoice, buyer, invoice.language)
