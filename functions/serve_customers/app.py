"""Answers what the law lets a customer ask for: what is held of them, and to be erased."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger
from kassa.privacy import serve_customers

api = resolver()
api.include_router(serve_customers.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
