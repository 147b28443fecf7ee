"""POST /webhooks/{gateway}/{account}: a gateway's event, verified, queued and answered."""

from typing import Any

from kassa.adapters import clock, lean_aws
from kassa.adapters.deliveries import deliveries
from kassa.adapters.refused_requests import refused_requests
from kassa.adapters.webhook_requests import webhook_request
from kassa.adapters.webhook_secrets import webhook_secrets
from kassa.errors import KassaError
from kassa.lean_observability import tell_queued
from kassa.operations.receive_webhook import receive_webhook
from kassa.operations.refuse_webhook import refuse_webhook

lean_aws.open_at_init("sqs", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer 200 only for what is on the queue; a refusal is given no reason, the log has it."""
    try:
        received = receive_webhook(webhook_request(event), webhook_secrets(), deliveries())
    except KassaError as error:
        return {"statusCode": refuse_webhook(event, error, refused_requests())}
    path, size = event.get("pathParameters") or {}, len(event.get("body") or "")
    tell_queued(received.event_id, received.message_ids, path, clock.now(), size)
    return {"statusCode": 200} | ({"body": received.answer} if received.answer else {})
