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
    named = "order_id" if sent.order_id else "draft_id"
    now = sent.content_beside(was)
    if was != now:
        changed = [
            name for name in DraftContent.model_fields if getattr(was, name) != getattr(now, name)
        ]
        raise Conflict(f"{named}: {number} was issued for it with other {', '.join(changed)}")
    if sent.buyer and not _is_buyer(sent.buyer, sent, Customers(merchant_id)):
        raise Conflict(f"{named}: {number} was issued for it with another buyer")


def _is_buyer(buyer: Buyer, sent: SentDraft, customers: Customers) -> bool:
    """Whether it was issued to this buyer, or to one who was forgotten; not to nobody."""
    of = sent.buyer_id, sent.sale_id
    return customers.was_named(*of) and customers.keep(*of, buyer)
