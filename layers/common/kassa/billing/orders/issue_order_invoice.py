"""Invoice an order that is paid later: its number now, its documents by who hears of that.

The order stands as the shop sent it, with no attempt until somebody follows the invoice's link.
"""

from kassa.billing.drafts.check_same_draft import refuse_void, require_buyer, require_same
from kassa.billing.drafts.keep_order import keep_link, keep_sent_order, new_url
from kassa.billing.drafts.number_draft import number_draft
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.items import kept_receivable
from kassa.billing.receivables.note_entries import make_known
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.orders.order import Order
from kassa.platform import clock, keys, table
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict

RESERVE_S = 3.0  # kept back for keeping the order and answering


def issue_order_invoice(
    order: Order,
    draft: SentDraft,
    merchant: Merchant,
    time_left_s: TimeLeft,
) -> table.Item:
    """Give an order its invoice's number and its payment link, once; return the invoice's item.

    Raises InvalidRequest for what no document can say, OrderChanged where the order was sent
    before with other fields, and Conflict where what was captured of it was
    invoiced, or its invoice is void.
    """
    merchant_id = merchant.merchant_id
    source_id, url = keys.of_order(merchant_id, order.order_id), new_url()
    keep_sent_order(order, merchant_id, is_tried=True)
    known = Numbers().of_source(source_id)
    if known is None and draft.due_on and draft.due_on < merchant.day_of(clock.now()):
        raise InvalidRequest("pay_by: lies before today")
    item = known or retry_on_conflict(
        lambda: number_draft(draft, source_id, merchant, url), time_left_s, RESERVE_S
    )
    require_same(draft, item, merchant_id)
    require_buyer(draft, issued(item).number_printed, merchant_id)
    keep_sent_order(order, merchant_id)
    keep_link(item, merchant_id, order.order_id)
    make_known(kept_receivable(issued(item).entry, item), source_id)
    refuse_void(draft, item)
    return item
