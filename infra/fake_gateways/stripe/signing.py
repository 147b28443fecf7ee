"""Stripe's proof over a webhook's exact bytes."""

import hmac
import json
from collections.abc import Iterable

from infra.fake_gateways.kit.answers import Body

HEADER = "Stripe-Signature"


def text_of(event: Body) -> bytes:
    """Return an event's bytes as they are sent."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, secrets: Iterable[str], timestamp: int) -> str:
    """Return the header: the time, and one signature a live secret."""
    message = f"{timestamp}.".encode() + body
    proofs = (hmac.new(secret.encode(), message, "sha256").hexdigest() for secret in secrets)
    return ",".join([f"t={timestamp}", *(f"v1={proof}" for proof in proofs)])
