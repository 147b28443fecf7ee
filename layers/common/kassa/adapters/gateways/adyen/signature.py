"""Adyen's proof over each item of a webhook: eight fields, joined by colons, nothing escaped.

Nothing else is signed: no time, no reason, no text, not even whether it is live. So only those
fields go further, each item on its own. Every item is verified; Adyen's own helper looks at the
first alone.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import datetime

from kassa.adapters.gateways.adyen.items import (
    Item,
    identity,
    items_of,
    label,
    parsed,
    signed_bytes,
    signed_fields,
)
from kassa.adapters.gateways.schemes import Part, SignatureScheme
from kassa.adapters.webhook_requests import WebhookRequest
from kassa.adapters.webhook_secrets import WebhookEndpoint
from kassa.errors import InvalidSignature, SecretsUnavailable

ANSWER = "[accepted]"  # anything else, and Adyen sends again

_MODES = {"live": "true", "test": "false"}


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a webhook unless a live key signed each of its items; return one part an item.

    `live` isn't signed. A webhook that says it is of the other mode is refused, so that a test
    key in the wrong place books nothing, and a changed word makes no event disappear: Adyen sends
    what was refused again. No time is signed either, so a webhook is never too old; what came
    before is known by its identity.
    """
    said = parsed(request.body)
    if said.get("live") != _MODES[endpoint.mode]:
        raise InvalidSignature(f"it isn't of {endpoint.mode} mode")
    keys = [_key(secret) for secret in endpoint.signing_secrets]
    items = [_verified(item, keys) for item in items_of(said)]
    if endpoint.shop and any(item["merchantAccountCode"] != endpoint.shop for item in items):
        raise InvalidSignature("an item is of another merchant account")
    return tuple(Part(_alone(said["live"], item, endpoint)) for item in items)


def event_id(body: bytes) -> str | None:
    """Return what identifies the first item of a verified body, for the log alone."""
    return identity(items_of(parsed(body))[0])


def _verified(item: Item, keys: Sequence[bytes]) -> Item:
    """Return what counts of an item; every key is compared, in constant time."""
    signed = signed_fields(item)
    text, given = signed_bytes(signed), _given(item)
    matches = 0
    for key in keys:
        expected = base64.b64encode(hmac.digest(key, text, "sha256"))
        matches += hmac.compare_digest(expected, given)
    if not matches:
        raise InvalidSignature("an item isn't signed by a live key")
    return signed | label(item)


def _given(item: Item) -> bytes:
    more = item.get("additionalData")
    given = more.get("hmacSignature") if isinstance(more, dict) else None
    if not isinstance(given, str) or not given.isascii():
        raise InvalidSignature("an item isn't signed")
    return given.encode()


def _key(secret: str) -> bytes:
    try:
        return bytes.fromhex(secret)
    except ValueError:  # from None: what can't be read is a secret
        raise SecretsUnavailable("a signing secret is no hex key") from None


def _alone(live: str, item: Item, endpoint: WebhookEndpoint) -> bytes:
    """Write one item as a webhook of its own; the same item is always the same bytes.

    How the merchant account captures is the endpoint's to know; the reader is told beside it.
    """
    wrapped = {"live": live, "notificationItems": [{"NotificationRequestItem": item}]}
    said = wrapped | ({"captures_later": True} if endpoint.captures_later else {})
    return json.dumps(said, sort_keys=True).encode()


SCHEME = SignatureScheme(verify, event_id, ANSWER)
