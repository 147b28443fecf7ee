"""Sends an event's archived bytes in again, as the one role that may."""

from cli.acting import acting
from cli.connection import resend_clients
from infra.stack import Stack
from kassa.core.errors import EventNotFound
from kassa.intake import deliveries
from kassa.ledger import raw_archive as archive
from kassa.ledger.items import BookedEvent
from kassa.platform import aws


def send_again(stack: Stack, event: BookedEvent, reread: bool) -> None:
    """Queue the very bytes the gateway sent; raise EventNotFound when they are gone."""
    if not event.raw:
        raise EventNotFound(
            f"{event.event_id} has no archived bytes: ask the gateway to send it again"
        )
    with acting(stack, "event.resend", f"event/{event.event_id}", "reread" if reread else ""):
        _queue(stack, event.raw, reread)


def _queue(stack: Stack, raw: str, reread: bool) -> None:
    aws.install(resend_clients(stack) | {"dynamodb": stack.client("dynamodb")})
    sent = archive.find(raw)
    deliveries.queue_deliveries([sent.model_copy(update={"origin": "resend", "reread": reread})])
