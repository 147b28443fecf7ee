"""The routes that read orders: those of a day or a customer, and one with what became of it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.core.errors import InvalidRequest
from kassa.http_api.api import NOT_FOUND, OK, an_id
from kassa.http_api.list_parameters import Cursor, CustomerId, Day, Limit
from kassa.orders import lists as order_lists
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.lists import OrderPage
from kassa.orders.store import Orders
from kassa.orders.views import OrderView, shown_order
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

OrderId = Annotated[str, an_id("The shop's own id, as it was sent.")]
Status = Annotated[OrderStatus | None, Query(description="Only orders that stand so.")]


@routes.get(
    "/orders",
    operation_id="listOrders",
    summary="The orders of a day, or of a customer",
    tags=["orders"],
    responses=OK,
)
def get_orders(
    day: Day = None,
    customer_id: CustomerId = None,
    status: Status = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OrderPage:
    """Return a page of orders, newest first; with a status it may hold fewer than asked for."""
    merchant_id, request = settings().merchant_id, PageRequest(cursor, limit)
    if customer_id is None:
        return order_lists.of_day(merchant_id, day or clock.now().date(), request, status)
    if day is not None:
        raise InvalidRequest("day: orders are listed by day or by customer_id, not by both")
    return order_lists.of_customer(merchant_id, customer_id, request, status)


@routes.get(
    "/orders/<order_id>",
    operation_id="getOrder",
    summary="An order with its attempts and what paid it",
    tags=["orders"],
    responses=OK | NOT_FOUND,
)
def get_order(order_id: OrderId) -> OrderView:
    """Return an order, every attempt to have it paid, and by which payment it was."""
    return shown_order(Orders(settings().merchant_id).named(order_id))
