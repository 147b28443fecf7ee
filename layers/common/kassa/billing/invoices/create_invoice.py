"""Create the invoice of a capture: by its order as it stands, and its seller's newest profile."""

from kassa.billing.invoices.invoice import Invoice, next_invoice, series_of, with_lines
from kassa.billing.invoices.sale import is_taxed, sale_of, with_sale
from kassa.billing.invoices.store import Invoices
from kassa.billing.invoices.typeset import branded
from kassa.billing.seller.profile import SellerProfile, named_by, seller_by_settings
from kassa.billing.seller.store import Sellers
from kassa.billing.typeset import texts
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, PaymentCaptured
from kassa.orders.store import Orders
from kassa.platform import clock, table


def create_invoice(fact: LedgerFact, capture: PaymentCaptured, merchant: Merchant) -> table.Item:
    """Take the next number for a capture's invoice, with what its order says of the sale.

    Returns its item. Raises StaleWrite where another was faster: read again.
    """
    now, invoices = clock.now(), Invoices()
    before = invoices.series(merchant.merchant_id, series_of(merchant, now))
    seller = Sellers(merchant.merchant_id).newest()
    named = named_by(merchant, seller)
    invoice = next_invoice(capture, fact.metadata, named, before, now)
    if seller is not None:
        invoice = branded(invoice, seller, capture.language)
    if capture.order_id:
        invoice = _stating(invoice, seller, capture.language)
    return invoices.keep(invoice, before, now)


def _stating(invoice: Invoice, seller: SellerProfile | None, language: str | None) -> Invoice:
    """Return an invoice with what its order says of the sale: its tax, or its lines alone."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(str(invoice.order_id))
    if order is None or not is_taxed(order, merchant, invoice.total):
        return with_lines(invoice, order)
    profile = seller or seller_by_settings(merchant)
    written_in = texts.language_of(order.language or language or merchant.language)
    document = sale_of(order, invoice, profile, None, written_in)
    made_with = {"seller_version": profile.version or None, "layout": None}
    return with_sale(invoice, document).model_copy(update=made_with)
