"""What intake must know of a gateway's signature, and all it knows; nothing heavy is imported."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from kassa.core.errors import UnknownGateway
from kassa.gateways import registry
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint


class Part(NamedTuple):
    """What of a verified webhook is queued: all of it, or one of the items it carries."""

    body: bytes
    delivery_id: str | None = None  # what the gateway calls this delivery in its headers
    is_unverified: bool = False  # nobody signed it: it may only lead to reading back


Verify = Callable[[WebhookRequest, WebhookEndpoint, datetime], tuple[Part, ...]]
"""(what was posted, what its URL means, now) -> what to queue; raises InvalidSignature."""


Screen = Callable[[WebhookRequest, datetime], None]
"""(what was posted, now); raises InvalidSignature for what no secret could make right."""


class SignatureScheme(NamedTuple):
    """How a gateway proves that a webhook is its own, and which answer it expects.

    `screen` needs neither secret nor network, and comes before either is requested: a request
    without the gateway's form, or from another time, costs nothing.
    """

    screen: Screen
    verify: Verify
    event_id: Callable[[bytes], str | None]  # what the logs call a verified body
    answer: str = ""  # the body of the 200, where the gateway requests one


def id_by(pattern: re.Pattern[bytes], within: int = 512) -> Callable[[bytes], str | None]:
    """Return how to find the id a verified body begins with: for the log, nothing else is read."""

    def event_id(body: bytes) -> str | None:
        found = pattern.search(body, 0, within)
        return found[1].decode() if found else None

    return event_id


def signature_scheme(gateway: str) -> SignatureScheme:
    """Return how a gateway signs, or refuse a gateway we don't know."""
    if gateway in registry.BY_HAND:
        raise UnknownGateway(f"{gateway} sends no webhooks")
    scheme: SignatureScheme = registry.module(gateway, "webhook").SCHEME
    return scheme
