"""Klarna's two worlds of webhooks: Network webhooks are signed, callbacks of checkouts are not.

A Network webhook carries `Klarna-Signature`, the hex HMAC-SHA256 of the exact body, and in
`Klarna-Signing-Key-Id` which key made it. A callback carries nothing: it is an unverified
notification that something happened, so that only the id to read back is taken from it, and only
where the URL it came to carries the token that our own checkout put there. Whatever claims to be
signed and isn't is refused, never taken for a notification.
"""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from kassa.core.errors import InvalidSignature
from kassa.gateways.webhooks.parts import Part, SignatureScheme, id_by
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

SIGNATURE = "klarna-signature"
KEY_ID = "klarna-signing-key-id"
ATTEMPT = "attempt"  # in a callback's URL: our name for the attempt, and its token
TOKEN = "token"
ATTEMPT_MAX = 300

event_id = id_by(re.compile(rb'"event_id"\s*:\s*"([\w-]{1,64})"'))  # several events may share it
_PROOF = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SESSION, _ORDER = "session_id", "order_id"
_NAMES = {_SESSION: (_SESSION,), _ORDER: (_ORDER, "klarna_order_id")}


def callback_token(entry: str, account: str, attempt: str) -> str:
    """Return what proves a callback's URL to be ours; `entry` is one of the signing secrets.

    It is good for one account and one attempt. Only that attempt's own checkout is read back for it
    (`orders/bind_callback.py`), whatever ids a callback names.
    """
    return _token(entry.rpartition(":")[2], account, attempt)


def _verified(
    request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime
) -> tuple[Part, ...]:
    """Take a signed body as it is, and of a callback only what is to be read back."""
    if SIGNATURE in request.headers or KEY_ID in request.headers:
        _verify_signed(request, endpoint)
        return (Part(request.body),)
    _verify_token(request, endpoint)
    return (Part(_notification(request), is_unverified=True),)


def _verify_signed(request: WebhookRequest, endpoint: WebhookEndpoint) -> None:
    """Refuse a body that the named key, if it is live, didn't sign; every pair is compared."""
    given_key = _bytes(request.headers.get(KEY_ID, ""))
    given = _bytes(request.headers.get(SIGNATURE, ""))
    matches = 0
    for key_id, secret in _live_keys(endpoint):
        is_key = hmac.compare_digest(_bytes(key_id), given_key)
        expected = hmac.digest(secret.encode(), request.body, "sha256").hex().encode()
        matches += is_key & hmac.compare_digest(expected, given)
    if not matches:
        raise InvalidSignature("the signature is not by a live key")


def _verify_token(request: WebhookRequest, endpoint: WebhookEndpoint) -> None:
    """Refuse a callback to a URL that no checkout of ours gave away."""
    attempt, given = _require_named(request.query), _bytes(request.query.get(TOKEN, ""))
    named = (request.account, attempt)
    tokens = [_token(secret, *named).encode() for _, secret in _live_keys(endpoint)]
    if not sum(hmac.compare_digest(token, given) for token in tokens):
        raise InvalidSignature("an unsigned callback without the token of its attempt")


def _require_named(query: Mapping[str, str]) -> str:
    attempt = query.get(ATTEMPT, "")
    if not 0 < len(attempt) <= ATTEMPT_MAX:
        raise InvalidSignature("an unsigned callback names no attempt")
    return attempt


def _notification(request: WebhookRequest) -> bytes:
    """Write what to read back in our own terms; nothing else of a callback goes any further."""
    ids = {name: found for name in _NAMES if (found := _id_named(name, request))}
    if not ids:
        raise InvalidSignature("an unsigned callback names nothing to read back")
    return json.dumps({"kassa": "callback", "attempt": request.query[ATTEMPT], **ids}).encode()


def _id_named(name: str, request: WebhookRequest) -> str | None:
    """Return the first well-formed id under a name: the URL's before the body's."""
    sources = (request.query, *_objects(request.body))
    values = (source.get(field) for source in sources for field in _NAMES[name])
    return next((v for v in values if isinstance(v, str) and _ID.fullmatch(v)), None)


def _objects(body: bytes) -> Iterator[Mapping[str, object]]:
    """Return the objects of a callback's body that may name something: itself, its session."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(parsed, dict):
        yield parsed
        if isinstance(parsed.get("session"), dict):
            yield parsed["session"]


def _live_keys(endpoint: WebhookEndpoint) -> Iterator[tuple[str, str]]:
    """Return ids and secrets of "<key id>:<secret>"; ids may hold colons, neither may be empty."""
    for entry in endpoint.signing_secrets:
        key_id, _, secret = entry.rpartition(":")
        if key_id and secret:
            yield key_id, secret


def _token(secret: str, account: str, attempt: str) -> str:
    """Sign an attempt's name with a key of its own, so that no token is a webhook's signature."""
    key = hmac.digest(secret.encode(), b"kassa callback", "sha256")
    return hmac.digest(key, _bytes(f"{account}|{attempt}"), "sha256").hex()


def _bytes(text: str) -> bytes:
    """Return what was sent, also where it is no text that could be sent on."""
    return text.encode("utf-8", "surrogatepass")


def _screen(request: WebhookRequest, now: datetime) -> None:
    """Refuse what is neither signed in form nor a callback that could be ours."""
    if SIGNATURE in request.headers or KEY_ID in request.headers:
        is_formed = _PROOF.fullmatch(request.headers.get(SIGNATURE, "")) is not None
        is_formed = is_formed and bool(request.headers.get(KEY_ID))
        if not is_formed:
            raise InvalidSignature("the headers are missing or can't be read")
        return
    _require_named(request.query)
    if not _PROOF.fullmatch(request.query.get(TOKEN, "")):
        raise InvalidSignature("an unsigned callback without the token of its attempt")


SCHEME = SignatureScheme(_screen, _verified, event_id)
