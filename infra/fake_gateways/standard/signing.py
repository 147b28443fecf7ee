"""Standard Webhooks' proof from the sender's side: shared secrets sign v1, private keys v1a."""

import base64
import hmac
import json
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.fake_gateways.kit.answers import Body


def text_of(event: Body) -> bytes:
    """Return an event's bytes as they are sent."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def headers(name: str, body: bytes, secrets: Iterable[str], at_s: int) -> dict[str, str]:
    """Return the three headers, with one signature a live secret."""
    signed = f"{name}.{at_s}.".encode() + body
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(_proof(secret, signed) for secret in secrets),
    }


def public_of(secret: str) -> str:
    """Return what the receiver keeps of a secret: itself, or of a private key the public one."""
    if not secret.startswith("whsk_"):
        return secret
    return "whpk_" + _text(_private(secret).public_key().public_bytes_raw())


def _proof(secret: str, signed: bytes) -> str:
    if secret.startswith("whsk_"):
        return "v1a," + _text(_private(secret).sign(signed))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + _text(hmac.digest(key, signed, "sha256"))


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret[5:])[:32])


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
