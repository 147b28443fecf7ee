"""POST /webhooks/{gateway}/{account}: a gateway's event, verified, queued and answered."""

from typing import Any

from kassa.adapters import clock, lean_aws
from kassa.adapters.deliveries import deliveries
from kassa.adapters.webhook_requests import webhook_request
from kassa.adapters.webhook_secrets import webhook_secrets
from kassa.errors import KassaError
from kassa.lean_observability import tell_queued, tell_refused
from kassa.operations.receive_webhook import receive_webhook

lean_aws.open_at_init("sqs", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer 200 only for what is on the queue; a refusal is given no reason, the log has it."""
    path = event.get("pathParameters") or {}
    try:
        received = receive_webhook(webhook_request(event), webhook_secrets(), deliveries())
    except KassaError as error:
        return {"statusCode": tell_refused(error, path, clock.now())}
    tell_queued(received.event_id, received.message_ids, path, clock.now())
    return {"statusCode": 200} | ({"body": received.answer} if received.answer else {})
