"""The documents of an invoice that was issued from a draft: made of what its item holds.

The item, and the record that it comes back from, hold no buyer. Who was forgotten before the
documents were made isn't in them.
"""

from kassa.billing.drafts.drafted import Drafted, content_of, drafted
from kassa.billing.drafts.keep_order import keep_order
from kassa.billing.drafts.sent_draft import OF_ORDER, DraftContent
from kassa.billing.numbering.issue_document import store_documents
from kassa.billing.numbering.store import issued
from kassa.billing.receivables.items import kept_receivable
from kassa.billing.seller.store import seller_with
from kassa.billing.typeset.print_forms import count_missing, print_forms
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.platform import table


def store_draft(item: table.Item, merchant: Merchant) -> None:
    """Keep the order that pays an invoice, then its record and its documents, with their hashes."""
    sale, seller = sold_by(item, merchant)
    document = issued(item)
    keep_order(item, document.entry.gross_minor, merchant.merchant_id)
    forms = print_forms(sale, seller, document.number_printed)
    owed = kept_receivable(document.entry, item).birth
    content = content_of(item)
    of_order = {OF_ORDER: True} if OF_ORDER in item else {}
    if store_documents(document, content, forms, {**owed, **content, **of_order}):
        count_missing(forms)


def sold_by(item: table.Item, merchant: Merchant) -> Drafted:
    """Return what was sold, worked out, as its item says and to the buyer as they stand."""
    content = stored.read_text(DraftContent, item["draft"])
    entry = issued(item).entry
    seller = seller_with(merchant, int(item["seller_version"]))
    buyer = Customers(entry.merchant_id).buyer_of(content.buyer_id, content.sale_id)
    known = {
        "issued_on": entry.issued_on,
        "due_on": kept_receivable(entry, item).receivable.due_on,
        "languages": tuple(item["languages"]),
        "payment_url": item.get("payment_url"),
    }
    return drafted(content, seller, buyer, known)
