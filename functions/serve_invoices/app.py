"""Answers requests that read invoices, credit notes and receipts; routes: api/serve_invoices.py."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.api import serve_invoices
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_invoices.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
