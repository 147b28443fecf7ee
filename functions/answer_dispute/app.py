"""GET /disputes and what people do with one: its evidence is submitted once."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.disputes import serve_disputes
from kassa.disputes.answers.answering import BODY_MAX
from kassa.http_api.api import answer, resolver
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_disputes.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context, BODY_MAX)
