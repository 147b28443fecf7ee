"""GET and HEAD /pay/{token}: leads whoever has an invoice's link to its payment page, keyless."""

from typing import Any

from kassa.billing.payment_links.follow_payment_link import (
    follow_payment_link,
    look_at_payment_link,
)
from kassa.orders.order import device_of
from kassa.platform.telemetry import logger, metrics, time_left_s


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; its path is a secret of the customer's, and is never logged."""
    token = str((event.get("pathParameters") or {}).get("token") or "")
    if event["requestContext"]["http"]["method"] == "HEAD":
        metrics.add_metric(name="PaymentLinkLookedAt", unit="Count", value=1)
        status, headers, body = look_at_payment_link(token)
    else:
        metrics.add_metric(name="PaymentLinkFollowed", unit="Count", value=1)
        device = device_of((event.get("headers") or {}).get("user-agent", ""))
        status, headers, body = follow_payment_link(token, time_left_s(context), device)
    return {"statusCode": status, "headers": headers, "body": body}
