"""What was sold by an invoice of a capture, read again from its order and its buyer."""

from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.sale import Sold, sale_of
from kassa.billing.invoices.typeset import captured_document
from kassa.billing.seller.store import seller_with
from kassa.customers.store import Customers
from kassa.orders.store import Orders


def read_sale(invoice: Invoice) -> Sold:
    """Return what was sold to a capture, by its order and the buyer it was sent with."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(invoice.order_id) if invoice.order_id else None
    buyer = None
    if order is not None:
        buyer = Customers(merchant.merchant_id).buyer_of(order.buyer_id, order.order_id)
    seller = seller_with(merchant, invoice.seller_version)
    if not invoice.taxes:
        return Sold(captured_document(invoice, seller, buyer), seller)
    assert order is not None, "an order's content is never taken back"
    return Sold(sale_of(order, invoice, seller, buyer, invoice.language), seller)
