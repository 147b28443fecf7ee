"""Answers requests that read documents, what is owed of them, and customers' accounts."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.api import serve_invoices, serve_receivables, serve_statements
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_invoices.routes)
api.include_router(serve_receivables.routes)
api.include_router(serve_statements.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
