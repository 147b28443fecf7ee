"""Answers customers who sign in, by a code that is mailed to them; no API key is needed."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.http_api.api import answer_anybody, resolver
from kassa.platform.telemetry import logger
from kassa.portal import serve_portal

api = resolver(serve_portal.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer_anybody(api, event, context)
