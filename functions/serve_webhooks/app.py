"""Answers requests about webhook endpoints; its filters are held to the facts there are."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.fact_catalog import KINDS
from kassa.http_api.api import answer, resolver
from kassa.partners.webhooks.serve_webhooks import routes_of
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(routes_of(KINDS))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
