"""Unpacks an HTTP API event (payload format 2.0) into a webhook's exact bytes.

A signature covers bytes, so they are taken as they came: base64 where API Gateway says so, and
then only in its one canonical form, or the text's own UTF-8. Nothing is parsed or re-encoded.
"""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from kassa.core.errors import BodyTooLarge, InvalidRequest

# Of 111 published event bodies of Stripe, PayPal and Klarna the largest has 23 KB, and a batch of
# Adyen's some items. What is forty times that is no event, and isn't even hashed.
BODY_BYTES_MAX = 1024 * 1024


class WebhookRequest(NamedTuple):
    """What a gateway posted, and to which account's URL."""

    gateway: str
    account: str
    headers: Mapping[str, str]  # by lower-case name, duplicates joined by a comma
    body: bytes
    query: Mapping[str, str] = {}


def webhook_request(event: Mapping[str, Any]) -> WebhookRequest:
    """Unpack an HTTP API event; what has no exact bytes, or too many, is refused."""
    path = event.get("pathParameters") or {}
    body = _exact_bytes(event.get("body") or "", bool(event.get("isBase64Encoded")))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    query = event.get("queryStringParameters") or {}
    return WebhookRequest(path.get("gateway", ""), path.get("account", ""), headers, body, query)


def _exact_bytes(text: str, is_base64: bool) -> bytes:
    # Four characters carry three bytes; the text's length bounds the work before it is done.
    if len(text) > (BODY_BYTES_MAX + 2) // 3 * 4:
        raise BodyTooLarge(f"more than {BODY_BYTES_MAX} bytes")
    try:
        body = _strict_base64(text) if is_base64 else text.encode("utf-8")
    except ValueError as error:
        raise InvalidRequest("the body has no exact bytes") from error
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(f"more than {BODY_BYTES_MAX} bytes")
    return body


def _strict_base64(text: str) -> bytes:
    """Decode; of the many texts that a lax decoder takes for the same bytes, only one is right."""
    body = base64.b64decode(text, validate=True)
    if base64.b64encode(body) != text.encode("ascii"):
        raise ValueError("not canonical base64")
    return body
