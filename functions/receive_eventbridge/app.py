"""Stripe's partner event bus: an event that Stripe put there, checked and queued like a webhook."""

from typing import Any

from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.intake.receive_eventbridge import EventSource, receive_eventbridge
from kassa.platform import clock
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from kassa.platform.lean.telemetry import log_queued

lean_aws.open_at_init("sqs", "secretsmanager")


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Raise for what isn't queued: Lambda tries again, and then the dead-letter queue keeps it."""
    of = EventSource(lean_settings().stripe_event_source, lean_settings().stripe_event_account)
    received = receive_eventbridge(event, of, webhook_secrets(), deliveries())
    path = {"gateway": of.gateway, "account": of.account, "intake": "eventbridge"}
    log_queued(received.event_id, received.message_ids, path, clock.now())
