"""Sends an event's archived bytes in again, as the one role that may."""

from cli.acting import acting
from cli.connection import resend_clients
from infra.stack import Stack
from kassa.ledger.items import BookedEvent
from kassa.platform import aws
from kassa.recovery.resend_event import archived_at, queue_again


def send_again(stack: Stack, event: BookedEvent, reread: bool) -> None:
    """Queue the very bytes the gateway sent; raise EventNotFound when they are gone."""
    raw = archived_at(event.raw, event.event_id)
    with acting(stack, "event.resend", f"event/{event.event_id}", "reread" if reread else ""):
        aws.install(resend_clients(stack) | {"dynamodb": stack.client("dynamodb")})
        queue_again(raw, reread)
