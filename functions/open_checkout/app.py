"""POST /orders: opens the payment page of an order, or answers with the one that there is."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.adapters.http_api import OK, resolver
from kassa.adapters.order_answers import ANSWERS, answer_orders
from kassa.adapters.orders import Orders
from kassa.domain.order_cases import ShownCheckout
from kassa.domain.orders import Order
from kassa.observability import logger, metrics, time_left_s
from kassa.operations.open_checkout import open_checkout
from kassa.settings import settings

api = resolver()
answer_orders(api)


@api.post("/orders", operation_id="openCheckout", tags=["orders"], responses=OK | ANSWERS)
def post_order(order: Order) -> ShownCheckout:
    """Open the payment page of an order; the same order always leads to the same page."""
    return open_checkout(order, Orders(settings().merchant_id), time_left_s(api.lambda_context))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    metrics.add_metric(name="OrderSent", unit="Count", value=1)
    return api.resolve(event, context)
