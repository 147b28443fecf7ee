"""Pages of the console for those who work here; a session's cookie says who asks."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.console.serve_console import answer
from kassa.platform.telemetry import logger


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(event, context)
