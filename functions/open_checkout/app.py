"""POST /orders: opens an order's payment page; what people say of its attempts; its link."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.billing.orders import serve_orders
from kassa.billing.payment_links import serve_payment_links
from kassa.checkout import serve_checkouts
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger, metrics

api = resolver()
api.include_router(serve_orders.routes)
api.include_router(serve_checkouts.routes)
api.include_router(serve_payment_links.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    metrics.add_metric(name="OrderRequest", unit="Count", value=1)
    return answer(api, event, context)
