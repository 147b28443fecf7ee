"""Check whether an order is still owed as a whole: only then does its payment link open a page."""

from kassa.billing.numbering.record import InvoiceState
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.payment_links.pages import Notice
from kassa.billing.receivables.items import kept_receivable
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.views import OrderCase
from kassa.platform import keys

_ORDERS = {
    OrderStatus.PAID: Notice.PAID,
    OrderStatus.DISCREPANCY: Notice.PAID,
    OrderStatus.PART_PAID: Notice.IN_PART,
    OrderStatus.COMPLETED: Notice.UNDER_WAY,
}


def check_owed(case: OrderCase, merchant_id: str) -> Notice | None:
    """Return why nothing is to be paid of an order; none where it is owed as a whole."""
    item = Numbers().of_source(keys.of_order(merchant_id, case.order.order_id))
    if item is None:  # it is invoiced once it is paid
        return _ORDERS.get(case.lifecycle.status)
    entry = issued(item).entry
    receivable = kept_receivable(entry, item).receivable
    if receivable.open_minor == entry.gross_minor:
        return _ORDERS.get(case.lifecycle.status)
    if receivable.open_minor:
        return Notice.IN_PART
    is_given_up = receivable.state is InvoiceState.UNCOLLECTIBLE
    is_paid = receivable.position.applied_minor > 0 and not is_given_up
    return Notice.PAID if is_paid else Notice.CLOSED
