"""Sends an event's archived bytes in again, as the one role that may."""

from cli.doors import resend_clients
from cli.stack import Stack
from kassa.adapters import archive, aws, queues
from kassa.adapters.event_items import BookedEvent
from kassa.errors import EventNotFound


def send_again(stack: Stack, event: BookedEvent, reread: bool) -> None:
    """Queue the very bytes the gateway sent; raise EventNotFound when they are gone."""
    if not event.raw:
        raise EventNotFound(
            f"{event.event_id} has no archived bytes: ask the gateway to send it again"
        )
    aws.install(resend_clients(stack))
    sent = archive.find(event.raw)
    queues.queue_deliveries([sent.model_copy(update={"origin": "resend", "reread": reread})])
