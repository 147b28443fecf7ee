"""Standard Webhooks' headers and bytes: what is sent, under which id, and what proves it.

Secrets are derived from the stack's one master secret, so none stands in the table, and a new one
needs no place to be kept. Source: Standard Webhooks 1.0.0.
See docs/decisions/0028-webhook-secrets.md.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from kassa.deliveries.delivery import Delivery
from kassa.partners.webhooks.endpoints.endpoint import Scheme, SecretVersion

_ID_DIGITS = 32


class Webhook(NamedTuple):
    """What is sent and signed: the same bytes under the same id, however often."""

    message_id: str
    body: bytes


def webhook_of(delivery: Delivery) -> Webhook:
    """Return what a delivery sends.

    The fact stands in it as it was written down, byte by byte; its id stays the fact's over retries
    and replays, so that a receiver knows it again, and holds no full stop, which a fact's may.
    """
    digest = sha256(f"{delivery.merchant_id}\n{delivery.fact_id}".encode()).hexdigest()
    published_at = json.loads(delivery.payload)["metadata"]["booked_at"]
    kind, timestamp = json.dumps(delivery.fact), json.dumps(published_at)
    body = f'{{"type":{kind},"timestamp":{timestamp},"data":{delivery.payload}}}'
    return Webhook(f"msg_{digest[:_ID_DIGITS]}", body.encode())


def derived(master: bytes, endpoint_id: str, version: SecretVersion) -> bytes:
    """Return the 32 bytes of an endpoint's secret, or of its private key."""
    named = f"kassa webhook secret\n{endpoint_id}\n{version.scheme}\n{version.number}"
    return hmac.digest(master, named.encode(), "sha256")


def handed_out(key: bytes, scheme: Scheme) -> str:
    """Return what a receiver verifies by: the shared secret, or the public key."""
    if scheme is Scheme.V1:
        return f"whsec_{base64.b64encode(key).decode()}"
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return f"whpk_{base64.b64encode(public).decode()}"


def headers(
    webhook: Webhook, now: datetime, keys: Sequence[tuple[Scheme, bytes]]
) -> dict[str, str]:
    """Return the headers of an attempt, with a signature by each key."""
    timestamp = str(int(now.timestamp()))
    signed = f"{webhook.message_id}.{timestamp}.".encode() + webhook.body
    return {
        "content-type": "application/json",
        "webhook-id": webhook.message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, scheme, signed) for scheme, key in keys),
    }


def _signature(key: bytes, scheme: Scheme, signed: bytes) -> str:
    if scheme is Scheme.V1:
        proof = hmac.digest(key, signed, "sha256")
    else:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        proof = Ed25519PrivateKey.from_private_bytes(key).sign(signed)
    return f"{scheme},{base64.b64encode(proof).decode()}"
