"""Adyen's proof over each item of a webhook: eight fields, joined by colons, nothing escaped.

Nothing else is signed: no time, no reason, no text, not even whether it is live. So only those
fields go further, each item on its own, beside two labels that book nothing. Every item is
verified; Adyen's own helper looks at the first alone.

What a text says last, its event code and success, says if it is acted on. What is, must have one
reading. What isn't, is only counted, and taken in whatever its form: Adyen sends what was refused
again, for thirty days, before everything that comes after it. What a live key didn't sign is
refused in any case, also where the signature can't be worked out for its form.
"""

import base64
import hmac
import json
import re
from collections.abc import Sequence
from datetime import datetime

from kassa.core.errors import InvalidSignature, SecretsUnavailable
from kassa.gateways.adyen.notification import (
    Item,
    counted,
    identity,
    is_acted_on,
    is_named_test,
    items_of,
    label,
    parsed,
    signed_bytes,
    signed_fields,
    signed_values,
)
from kassa.gateways.webhooks.parts import Part, SignatureScheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

ANSWER = "[accepted]"  # anything else, and Adyen sends again

_PROOF = re.compile(rb"[A-Za-z0-9+/]{43}=")
_MODES = {"live": "true", "test": "false"}


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a webhook unless a live key signed each of its items; return one part an item.

    `live` isn't signed. A webhook that says it is of the other mode is refused, so that a test
    key in the wrong place books nothing, and a changed word makes no event disappear: Adyen sends
    what was refused again. No time is signed either, so a webhook is never too old; what came
    before is known by its identity.
    """
    body = parsed(request.body)
    if body.get("live") != _MODES[endpoint.mode]:
        raise InvalidSignature(f"it isn't of {endpoint.mode} mode")
    keys = [_key(secret) for secret in endpoint.signing_secrets]
    items = [_verified(item, keys, endpoint.shop) for item in items_of(body)]
    return tuple(Part(_alone(body["live"], item, endpoint)) for item in items)


def event_id(body: bytes) -> str | None:
    """Return what identifies the first item of a verified body, for the log alone."""
    return identity(items_of(parsed(body))[0])


def _verified(item: Item, keys: Sequence[bytes], shop: str | None) -> Item:
    """Return what counts of an item; every key is compared, in constant time."""
    values = signed_values(item)
    text, given = signed_bytes(values), _given(item)
    matches = 0
    for key in keys:
        expected = base64.b64encode(hmac.digest(key, text, "sha256"))
        matches += hmac.compare_digest(expected, given)
    if not matches:
        raise InvalidSignature("an item isn't signed by a live key")
    if is_named_test(values) or not is_acted_on(values):
        return counted(item)
    signed = signed_fields(item)
    if shop and signed["merchantAccountCode"] != shop:
        raise InvalidSignature("an item is of another merchant account")
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

    How the merchant account captures is the endpoint's to know; the reader gets it beside it.
    """
    wrapped = {"live": live, "notificationItems": [{"NotificationRequestItem": item}]}
    body = wrapped | ({"captures_later": True} if endpoint.captures_later else {})
    return json.dumps(body, sort_keys=True).encode()


def _screen(request: WebhookRequest, now: datetime) -> None:
    """Refuse a body that isn't Adyen's in form: each item carries 32 bytes as base64."""
    for item in items_of(parsed(request.body)):
        if not _PROOF.fullmatch(_given(item)):
            raise InvalidSignature("an item isn't signed")


SCHEME = SignatureScheme(_screen, verify, event_id, ANSWER)
