"""Answer the read API's requests; routes and errors live in api/serve_api.py."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.api.serve_api import api
from kassa.http_api.api import answer
from kassa.platform.telemetry import logger


@logger.inject_lambda_context(
    log_event=False, correlation_id_path=correlation_paths.API_GATEWAY_HTTP
)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of the HTTP API, payload 2.0."""
    return answer(api, event, context)
