"""Take an event in that Stripe put on its partner event bus: the second way to the same queue.

Nothing is signed here: only Stripe may put events on that bus, and only its rule may call us. So
what is checked is whose bus it was and that it carries one of Stripe's events. The same event sent
by webhook too has the same id, and book_event books it once.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kassa.core.errors import InvalidRequest
from kassa.gateways.webhooks.parts import Part
from kassa.gateways.webhooks.secrets import WebhookSecrets
from kassa.intake.events_queue import Deliveries, Delivery
from kassa.intake.receive_webhook import Received
from kassa.platform import clock

PREFIX = "aws.partner/stripe.com/"
_EVENTS = ("event", "v2.core.event")
_EVENT_ID = re.compile(r"evt_\w{1,255}", re.ASCII)


class EventSource(NamedTuple):
    """Whose events come over the bus, and which of our accounts they are for."""

    name: str  # the partner event source, as it is called in AWS and in every event of it
    account: str
    gateway: str = "stripe"


def receive_eventbridge(
    envelope: Mapping[str, Any], of: EventSource, secrets: WebhookSecrets, deliveries: Deliveries
) -> Received:
    """Queue the event inside an EventBridge envelope; whoever returns from here has it safe.

    Raises InvalidRequest for what isn't of that source or no event of Stripe's: it is tried again
    and kept in the dead-letter queue, since nobody could be answered with a refusal.
    """
    detail = _detail(envelope, of)
    now = clock.now()
    endpoint = secrets.endpoint(of.gateway, of.account, now)
    body = json.dumps(detail, separators=(",", ":"), ensure_ascii=False).encode()
    delivery = Delivery(of.gateway, of.account, endpoint, now, Part(body))
    return Received((deliveries.put(delivery),), str(detail["id"]), "")


def _detail(envelope: Mapping[str, Any], of: EventSource) -> Mapping[str, Any]:
    """Return Stripe's event; a thin one, which only names an object, is taken to be counted."""
    if not of.name.startswith(PREFIX) or envelope.get("source") != of.name:
        raise InvalidRequest("the event isn't from the partner event source of this stack")
    detail = envelope.get("detail")
    if not isinstance(detail, Mapping) or detail.get("object") not in _EVENTS:
        raise InvalidRequest("the detail is no event of Stripe's")
    named = detail.get("id"), detail.get("type")
    is_named = all(isinstance(name, str) and name for name in named)
    if not is_named or not _EVENT_ID.fullmatch(str(named[0])):
        raise InvalidRequest("the detail names no event of Stripe's")
    if envelope.get("detail-type") != named[1]:
        raise InvalidRequest("the detail is of another type than its envelope")
    return detail
