"""The route that reads an order: what was sent, its attempts, and what paid it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from kassa.adapters.http_api import NOT_FOUND, OK
from kassa.adapters.orders import Orders
from kassa.domain.order_cases import ShownOrder, shown_order
from kassa.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

OrderId = Annotated[str, Path(description="The shop's own id, as it was sent.")]


@routes.get(
    "/orders/<order_id>",
    operation_id="getOrder",
    summary="An order with its attempts and what paid it",
    tags=["orders"],
    responses=OK | NOT_FOUND,
)
def get_order(order_id: OrderId) -> ShownOrder:
    """Return an order, every attempt to have it paid, and by which payment it was."""
    return shown_order(Orders(settings().merchant_id).named(order_id))
