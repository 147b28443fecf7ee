"""Keep the order by which an invoice is paid, and the link that leads to its payment page.

The order has no attempt until somebody follows the link. One that a shop sent before stays as it
was sent, and must cost what is invoiced.
"""

import json
from contextlib import suppress

from kassa.billing.drafts.sent_draft import OF_ORDER, DraftContent
from kassa.billing.numbering.record import Entry
from kassa.billing.numbering.store import CONTENT, Numbers
from kassa.billing.payment_links import link_store
from kassa.billing.payment_links.link_store import LinkedOrder
from kassa.core import stored
from kassa.core.errors import Conflict, InvalidRequest, OrderChanged, StaleWrite
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.order import Order, differences
from kassa.orders.store import Orders
from kassa.platform import keys, table
from kassa.platform.settings import settings

PATH = "/pay/"


def new_url() -> str:
    """Return the address of a new payment link, below the stack's own."""
    return f"{settings().public_address}{PATH}{link_store.new_token()}"


def require_order(content: DraftContent, gross_minor: int, merchant_id: str) -> None:
    """Raise Conflict where the order that is to be paid was sent and costs something else."""
    if content.payment_link is None or content.order_id is None:
        return
    if not gross_minor:
        raise InvalidRequest("payment_link: nothing is to be paid")
    sent = Orders(merchant_id).content(content.order_id)
    if sent is not None and (sent.amount_minor, sent.currency) != (gross_minor, content.currency):
        raise Conflict(
            f"order_id: order {sent.order_id} was sent with {sent.amount_minor} minor units of"
            f" {sent.currency}, the invoice comes to {gross_minor} of {content.currency}"
        )


def keep_order(item: table.Item, gross_minor: int, merchant_id: str) -> None:
    """Keep the order of an invoice and its link, each unless it stands; without a link, nothing.

    An order that its shop sent, and sends again where it is lost, isn't made of its invoice.
    """
    content = stored.read_text(DraftContent, item["draft"])
    terms, order_id = content.payment_link, content.order_id
    if terms is None or order_id is None:
        return
    order = Order(
        order_id=order_id,
        amount_minor=gross_minor,
        currency=content.currency,
        language=item["languages"][0],
        customer_id=content.customer_id,
        **dict(terms),
    )
    if OF_ORDER not in item and Orders(merchant_id).content(order_id) is None:
        keep_sent_order(order, merchant_id)
    keep_link(item, merchant_id, order_id)


def keep_sent_order(order: Order, merchant_id: str, is_tried: bool = False) -> None:
    """Keep an order with no attempt, unless it stands; where `is_tried`, only see whether it may.

    Raises OrderChanged where it was sent before with other fields.
    """
    orders = Orders(merchant_id)
    if not is_tried:
        with suppress(StaleWrite):  # it stands: another request was first
            orders.open(order, OrderLifecycle(order_id=order.order_id, version=1))
    was = orders.content(order.order_id)
    if was is not None and (changed := differences(was, order)):
        named = ", ".join(one["field"] for one in changed)
        raise OrderChanged(f"order {order.order_id} was sent before with another {named}", changed)


def keep_order_link(order_id: str, merchant_id: str) -> str:
    """Return the payment link of an order: its invoice's, else a new one, which is kept."""
    item = Numbers().of_source(keys.of_order(merchant_id, order_id))
    if item is None or "payment_url" not in item:
        item = {"payment_url": new_url()}
        keep_link(item, merchant_id, order_id)
    return str(item["payment_url"])


def restore_link(record: bytes) -> None:
    """Keep the link again that a table lost, from its invoice's record; one that stands stays."""
    fields = json.loads(record)
    content = fields.get(CONTENT, {})
    if "payment_url" in content:
        entry = stored.read_text(Entry, fields["entry"])
        keep_link(content, entry.merchant_id, str(entry.order_id))


def keep_link(item: table.Item, merchant_id: str, order_id: str) -> None:
    """Keep the link that an invoice's item has."""
    token = str(item["payment_url"]).rpartition(PATH)[2]
    link_store.keep(token, LinkedOrder(merchant_id, order_id))
