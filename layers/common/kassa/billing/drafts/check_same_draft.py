"""Whether a sale that has its invoice is asked for again as it was."""

from kassa.billing.drafts.sent_draft import DraftContent, SentDraft
from kassa.billing.numbering.store import issued
from kassa.core import stored
from kassa.core.errors import Conflict
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.platform import table


def require_same(sent: SentDraft, item: table.Item, merchant_id: str) -> None:
    """Refuse another draft of a sale that has its invoice."""
    number = issued(item).number_printed
    if "draft" not in item:
        raise Conflict(f"order_id: {sent.order_id} is invoiced by {number}, for what was captured")
    was = stored.read_text(DraftContent, item["draft"])
    named = _named(sent)
    now = sent.content_beside(was)
    if was != now:
        changed = [
            name for name in DraftContent.model_fields if getattr(was, name) != getattr(now, name)
        ]
        raise Conflict(f"{named}: {number} was issued for it with other {', '.join(changed)}")
    if sent.order_id is None:  # an order may have been sent with its buyer before its draft
        require_buyer(sent, number, merchant_id)
    if sent.buyer and not _is_buyer(sent.buyer, sent, Customers(merchant_id)):
        raise Conflict(f"{named}: {number} was issued for it with another buyer")


def require_buyer(sent: SentDraft, number: str, merchant_id: str) -> None:
    """Refuse a sale that was invoiced to a buyer and comes again without one."""
    if sent.buyer is None and Customers(merchant_id).buyer_of(sent.buyer_id, sent.sale_id):
        raise Conflict(f"{_named(sent)}: {number} was issued for it with a buyer")


def refuse_void(sent: SentDraft, item: table.Item) -> None:
    """Refuse a sale whose invoice is void: that number is its for good."""
    document = issued(item)
    if document.void is not None:
        raise Conflict(
            f"{_named(sent)}: its invoice {document.number_printed} is void;"
            " invoice the sale anew under a new draft_id"
        )


def _named(sent: SentDraft) -> str:
    return "order_id" if sent.order_id else "draft_id"


def _is_buyer(buyer: Buyer, sent: SentDraft, customers: Customers) -> bool:
    """Whether it was issued to this buyer, or to one who was forgotten; not to nobody."""
    of = sent.buyer_id, sent.sale_id
    return customers.was_named(*of) and customers.keep(*of, buyer)
