"""Send webhooks: tell each endpoint of the facts that it asked for, until it took them.

What stands on the queue is a fact from the bus, which becomes a message for each endpoint; a fact
for one endpoint; a wake-up for a delivery that waits; or the next page of a replay. A delivery is
written before anything leaves, so whatever comes twice is told once, and a crash at any step ends
in the same message, or in the next round of resume_deliveries.
"""

import json
from collections.abc import Mapping
from typing import Any

from kassa.core import stored
from kassa.core.facts import Fact, UnknownFact
from kassa.deliveries import queues
from kassa.deliveries.delivery import Channel, Reason, new_delivery
from kassa.deliveries.store import Deliveries
from kassa.partners.webhooks.endpoints.filters import is_sent
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.replays.replay_window import replay_page
from kassa.partners.webhooks.submit_delivery import submit_again, submit_new
from kassa.platform import clock
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings


def send_webhook(body: str) -> None:
    """Do what one message asks for; raise where it must come back."""
    message = json.loads(body)
    if "replay" in message:
        replay_page(message["replay"])
    elif (delivery_id := queues.woken(body)) is not None:
        _wake(delivery_id)
    elif "endpoint_id" in message:
        _tell(message)
    else:
        _fan_out(message)


def _fan_out(message: Mapping[str, Any]) -> None:
    """Enqueue a fact for each endpoint that is told of it; what a disabled one misses is noted."""
    fact, now = _fact(message), clock.now()
    endpoints = [one for one in _endpoints().lately() if is_sent(one.events, fact.data.fact)]
    active = [one for one in endpoints if one.is_active]
    bodies = (
        (json.dumps({"endpoint_id": one.endpoint_id, "detail": message["detail"]}), one.recipient)
        for one in active
    )
    sqs.send_fairly(settings().webhooks_queue_url, bodies)
    for one in endpoints:
        if one.notes_what_it_misses(now):
            new = new_delivery(fact, Channel.WEBHOOK, one.recipient, now)
            _deliveries().skip(new, Reason.RECIPIENT_OFF)


def _tell(message: Mapping[str, Any]) -> None:
    """Tell one endpoint of a fact; of one it was told of before, in a replay."""
    endpoint = _endpoints().find(message["endpoint_id"])
    if endpoint is None:  # deleted since: nobody waits for it
        return
    fact, now, replay_id = _fact(message), clock.now(), str(message.get("replay_id", ""))
    submit_new(
        endpoint, new_delivery(fact, Channel.WEBHOOK, endpoint.recipient, now, message=replay_id)
    )


def _wake(delivery_id: str) -> None:
    """Go on with a delivery that waits, or whose attempt never ended."""
    kept, now = _deliveries().find(delivery_id), clock.now()
    if kept is None or kept.due_at is None or now < kept.due_at:
        return
    submit_again(_endpoints().find(kept.recipient.partition(":")[2]), kept)


def _fact(message: Mapping[str, Any]) -> Fact[UnknownFact]:
    """Read a fact of whatever kind, with all that it says."""
    return stored.read(Fact[UnknownFact], message["detail"])


def _endpoints() -> Endpoints:
    return Endpoints(settings().merchant_id)


def _deliveries() -> Deliveries:
    return Deliveries(settings().merchant_id)
