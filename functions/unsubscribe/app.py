"""GET and POST /unsubscribe/{token}: ends mails of a kind by one click; no key is needed."""

from typing import Any

from kassa.messages.unsubscribing.unsubscribe import unsubscribe
from kassa.platform.telemetry import logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; its path is a secret of the reader's, and is never logged."""
    token = str((event.get("pathParameters") or {}).get("token") or "")
    metrics.add_metric(name="UnsubscribeLinkFollowed", unit="Count", value=1)
    method = str(event["requestContext"]["http"]["method"])
    status, headers, body = unsubscribe(method, token)
    return {"statusCode": status, "headers": headers, "body": body}
