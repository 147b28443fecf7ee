"""Answers requests about reminders: their policy, their calendar, their pauses."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.billing.reminders import serve_reminders
from kassa.billing.reminders.policy import serve_policy
from kassa.http_api.api import answer, resolver
from kassa.messages.reminders import serve_preview
from kassa.platform.telemetry import logger

api = resolver()
api.include_router(serve_preview.routes)
api.include_router(serve_reminders.routes)
api.include_router(serve_policy.routes)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
