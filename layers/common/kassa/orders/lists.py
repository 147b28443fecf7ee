"""Lists of orders, newest first: those of a day, or of a customer."""

from collections.abc import Sequence
from datetime import date

from kassa.core.errors import UnreadableItem
from kassa.orders import keys as order_keys
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.store import case_of
from kassa.orders.views import OrderCase, OrderView, shown_order
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.keys import Key
from kassa.platform.telemetry import leave_out


class OrderPage(Page):
    """Some orders."""

    orders: tuple[OrderView, ...]


def of_day(
    merchant_id: str, day: date, request: PageRequest, status: OrderStatus | None = None
) -> OrderPage:
    """Return a page of the orders that were first sent on a UTC day."""
    shards = range(keys.BOOKED_SHARDS)
    listed = [order_keys.ordered(merchant_id, day.isoformat(), shard) for shard in shards]
    return _page(listed, request, status)


def of_customer(
    merchant_id: str, customer_id: str, request: PageRequest, status: OrderStatus | None = None
) -> OrderPage:
    """Return a page of a customer's orders."""
    return _page([order_keys.of_customer(merchant_id, customer_id)], request, status)


def newest(merchant_id: str, customer_id: str | None) -> list[OrderCase]:
    """Return a customer's newest orders, a hundred at most; a guest has none known to be theirs."""
    if customer_id is None:
        return []
    listed, _ = table.query(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :customer",
        ExpressionAttributeValues=table.typed(
            {":customer": order_keys.of_customer(merchant_id, customer_id)}
        ),
        ScanIndexForward=False,
        Limit=table.AT_ONCE,
    )
    return [case for _, case in cases(listed)]


def cases(entries: list[table.Item]) -> list[tuple[str, OrderCase]]:
    """Return the orders behind index entries, each with where it stands in the list."""
    both = order_keys.ORDER, order_keys.LIFECYCLE
    found = table.get_all([Key(entry["PK"], sk) for entry in entries for sk in both])
    read = []
    for entry in entries:
        content, lifecycle = (found.get(Key(entry["PK"], sk)) for sk in both)
        if content is None or lifecycle is None:
            continue
        try:
            read.append((str(entry["GSI1SK"]), case_of(content, lifecycle)))
        except UnreadableItem as error:
            leave_out(error, order=entry["PK"])
    return read


def _page(partitions: Sequence[str], request: PageRequest, status: OrderStatus | None) -> OrderPage:
    def fetch(entries: list[table.Item]) -> list[tuple[str, OrderView]]:
        shown = [(position, shown_order(case)) for position, case in cases(entries)]
        return [one for one in shown if status in (None, one[1].status)]

    orders, cursor = index_pages.newest(partitions, request, fetch)
    return OrderPage(orders=orders, has_more=cursor is not None, next_cursor=cursor)
