"""Answers requests about deliveries, out (what was sent, what holds it back) and in: imports."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.deliveries import serve_deliveries
from kassa.http_api.api import answer, resolver
from kassa.messages.contacts import serve_suppressions
from kassa.monitoring import serve_imports
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_deliveries.routes)
api.include_router(serve_suppressions.routes)
api.include_router(serve_imports.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
