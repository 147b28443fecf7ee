"""Klarna's own side of its signature, and of the URLs that a checkout of Kassa's would give it."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from infra.fake_gateways.kit.answers import Body


def text_of(body: Body) -> bytes:
    """Write a webhook's body as it travels."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def signed(body: bytes, entry: str) -> dict[str, str]:
    """Return the headers of a Network webhook; `entry` is "<key id>:<secret>"."""
    key_id, _, secret = entry.rpartition(":")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"Klarna-Signature": digest, "Klarna-Signing-Key-Id": key_id}


def callback_url(url: str, entry: str, attempt: str) -> str:
    """Return what a merchant that runs Kassa gives as `status_update`."""
    secret = entry.rpartition(":")[2].encode()
    key = hmac.new(secret, b"kassa callback", hashlib.sha256).digest()
    signed = f"{url.rpartition('/')[2]}|{attempt}"
    token = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
    query = urlencode({"attempt": attempt, "token": token})
    return f"{url}?{query}&session_id={{{{session_id}}}}"
