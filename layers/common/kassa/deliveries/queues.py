"""The queues of deliveries: which one takes what is told by a channel."""

import json
from collections.abc import Iterable
from typing import Any

from kassa.core.facts import Fact
from kassa.deliveries.delivery import Channel, Delivery
from kassa.platform.messaging import event_bus, sqs
from kassa.platform.settings import settings

_WAKE_UP = "delivery_id"


def queue_url(channel: Channel) -> str:
    """Return the URL of the queue whose consumer tells by a channel."""
    if channel is Channel.WEBHOOK:
        return settings().webhooks_queue_url
    if channel is Channel.PARTNER:
        return settings().partners_queue_url
    return settings().messages_queue_url


def enqueue(channel: Channel, deliveries: Iterable[Delivery], **more: int) -> int:
    """Wake the consumer of a channel for deliveries of it; return how many messages were taken.

    `more` is set on each message, such as DelaySeconds. Raises QueueUnavailable.
    """
    bodies = [json.dumps({_WAKE_UP: delivery.delivery_id}) for delivery in deliveries]
    return sqs.send(queue_url(channel), bodies, **more)


def hand_on(channel: Channel, fact: Fact[Any]) -> None:
    """Hand a fact to the consumer of a channel alone, past the bus. Raises QueueUnavailable."""
    sqs.send(queue_url(channel), [event_bus.enveloped(fact)])


def woken(body: str) -> str | None:
    """Return the delivery that a message wakes its consumer for; None for a fact from the bus."""
    message = json.loads(body)
    named = message.get(_WAKE_UP) if isinstance(message, dict) else None
    return str(named) if named is not None else None
