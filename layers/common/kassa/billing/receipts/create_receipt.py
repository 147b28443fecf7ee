"""Create the receipt of a payment: its number, and what it says, in one write."""

from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.issue_document import take_number
from kassa.billing.numbering.record import InvoiceState, Statement, content_digest
from kassa.billing.numbering.store import Numbers
from kassa.billing.receipts.receipt import Paid, ReceiptContent, content_fields, source_of
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.seller.store import seller_of
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.platform import table


class PaidInvoice(NamedTuple):
    """An invoice with its item, and whose it is."""

    kept: KeptReceivable
    item: table.Item
    merchant: Merchant


def create_receipt(invoice: PaidInvoice, paid: Paid) -> table.Item:
    """Take the next number of the series, unless the payment has one; return its item.

    Raises InvalidRequest where nobody said who sells, and StaleWrite where another was faster.
    """
    (kept, item, merchant), entry = invoice, paid.entry
    source_id = source_of(kept.number, entry)
    if known := Numbers().of_source(source_id):
        return known
    seller, of = seller_of(merchant), kept.of
    paid_on = item.get("paid_on") if entry.source_id == of.source_id else None
    content = ReceiptContent(
        invoice_number=kept.number,
        invoice_issued_on=of.issued_on,
        order_id=of.order_id,
        payment=paid.payment,
        paid_on=paid_on or merchant.day_of(entry.at),
        currency=of.currency,
        minor=entry.minor,
        languages=tuple(item.get("languages") or [item.get("language", merchant.language)]),
        seller_version=seller.version,
    )
    statement = Statement(
        kind=DocumentKind.RECEIPT,
        source_id=source_id,
        currency=of.currency,
        gross_minor=entry.minor,
        customer_id=of.customer_id,
        order_id=of.order_id,
        payment_id=paid.payment_id,
        preceding=kept.number,
        content_sha256=content_digest({"content": content_fields(content)}),
    )
    beside = {"state": InvoiceState.PAID.value, "documents": {}}
    return take_number(statement, merchant, beside | {"receipt": stored.text(content)})
