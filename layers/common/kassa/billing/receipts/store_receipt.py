"""Store a receipt's record and its PDF, and note their hashes."""

from kassa.billing.drafts.sent_draft import DraftContent
from kassa.billing.numbering.issue_document import store_documents
from kassa.billing.numbering.store import issued
from kassa.billing.receipts.receipt import ReceiptContent, content_fields, receipt_of
from kassa.billing.seller.store import seller_with
from kassa.billing.typeset.typeset_document import typeset_document
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.orders.store import Orders
from kassa.platform import table


def store_receipt(item: table.Item, invoice: table.Item, merchant: Merchant) -> None:
    """Make a receipt of what its item holds, to who its invoice names; what stands stays."""
    document = issued(item)
    content = stored.read_text(ReceiptContent, item["receipt"])
    seller, buyer = seller_with(merchant, content.seller_version), _buyer(invoice, merchant)
    sheet = receipt_of(content, seller, buyer, document.entry.issued_on)
    pdf = typeset_document(sheet, document.number_printed, seller.branding)
    store_documents(document, content_fields(content), {"pdf": pdf}, {"receipt": item["receipt"]})


def _buyer(invoice: table.Item, merchant: Merchant) -> Buyer | None:
    """Return who paid, as the invoice names them: by its draft, or by its order."""
    customers = Customers(merchant.merchant_id)
    if "draft" in invoice:
        content = stored.read_text(DraftContent, invoice["draft"])
        return customers.buyer_of(content.buyer_id, content.sale_id)
    order_id = invoice.get("order_id")
    order = Orders(merchant.merchant_id).content(order_id) if order_id else None
    return customers.buyer_of(order.buyer_id, order.order_id) if order else None
