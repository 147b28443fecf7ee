"""Store an invoice's documents: its record, its PDF, and the electronic invoice where it has one.

The record is what the number comes back from, and holds no personal data. The buyer stands in the
PDF and in the electronic invoice alone; who was forgotten before they were made isn't in them.
"""

from kassa.billing.invoices import typeset
from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.sale import Sold, sale_of
from kassa.billing.invoices.store import Invoices
from kassa.billing.numbering.store import Numbers
from kassa.billing.seller.store import seller_with
from kassa.billing.typeset.print_forms import count_missing, print_forms
from kassa.customers.store import Customers
from kassa.gateways.events import Subject
from kassa.orders.store import Orders
from kassa.platform import documents

XML = "application/xml"


def store_invoice(invoice: Invoice, invoices: Invoices) -> None:
    """Store what isn't stored yet of an invoice, and note where its document stands."""
    record = invoice.model_dump_json(exclude_none=True).encode()
    documents.store(invoice.record_path, record, "application/json")
    forms = _with_tax(invoice) if invoice.taxes else {"pdf": typeset.typeset(invoice)}
    einvoice = documents.store(invoice.einvoice_path, forms["xml"], XML) if "xml" in forms else None
    is_complete = invoices.note_document(
        invoice, documents.store(invoice.path, forms["pdf"]), einvoice
    )
    if is_complete and invoice.taxes:
        count_missing(forms)


def _with_tax(invoice: Invoice) -> dict[str, bytes]:
    """Return the forms of an invoice with tax, which a refund finds by its payment."""
    paid_by = _source(invoice.gateway, invoice.account, invoice.payment_id)
    place = invoice.merchant.merchant_id, invoice.series, invoice.number
    Numbers().lead_to(*place, paid_by)
    return printed_forms(sold(invoice), invoice.number_printed)


def printed_forms(sold: Sold, number: str) -> dict[str, bytes]:
    """Return a document as PDF, and as electronic invoice (xml) where no rule is broken."""
    return print_forms(sold.document, sold.seller, number)


def source_of_payment(payment: Subject) -> str:
    """Return the source that leads from a payment to its invoice."""
    return _source(payment.gateway, payment.account, payment.subject_id)


def _source(*payment: str) -> str:
    return ":".join(("payment", *payment))


def sold(invoice: Invoice) -> Sold:
    """Return what was sold, by its order and the buyer it was sent with."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(str(invoice.order_id))
    assert order is not None, "an order's content is never taken back"
    buyer = Customers(merchant.merchant_id).buyer_of(order.buyer_id, order.order_id)
    seller = seller_with(merchant, invoice.seller_version)
    return Sold(sale_of(order, invoice, seller, buyer, invoice.language), seller)
