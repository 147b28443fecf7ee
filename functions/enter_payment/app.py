"""POST /payments/manual: enters payments that came in past every gateway."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.billing.manual_payments import serve_entries
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_entries.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
