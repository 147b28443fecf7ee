"""POST /webhooks/{gateway}/{account}: a gateway's event, verified, queued and answered."""

from typing import Any

from kassa.core.errors import KassaError
from kassa.gateways.webhooks.request import webhook_request
from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.intake.receive_webhook import receive_webhook
from kassa.intake.refused_requests import refuse_webhook, refused_requests
from kassa.platform import clock
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.telemetry import log_queued

lean_aws.open_at_init("sqs", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer 200 only for what is on the queue; a refusal is given no reason, the log has it."""
    try:
        received = receive_webhook(webhook_request(event), webhook_secrets(), deliveries())
    except KassaError as error:
        return {"statusCode": refuse_webhook(event, error, refused_requests())}
    path, size = event.get("pathParameters") or {}, len(event.get("body") or "")
    log_queued(received.event_id, received.message_ids, path, clock.now(), size)
    return {"statusCode": 200} | ({"body": received.answer} if received.answer else {})
