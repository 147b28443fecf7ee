"""POST /invoices issues an invoice that is paid later, and …/receipt what its payments need."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.billing.drafts import serve_drafts
from kassa.billing.receipts import serve_receipts
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger, metrics

api = resolver()
api.include_router(serve_drafts.routes)
api.include_router(serve_receipts.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    metrics.add_metric(name="InvoiceRequest", unit="Count", value=1)
    return answer(api, event, context)
