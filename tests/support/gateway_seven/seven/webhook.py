"""Seven's proof over the exact body: `Seven-Signature`, an HMAC-SHA256 in hexadecimal digits."""

import hmac
import re
from datetime import datetime

from kassa.core.errors import InvalidSignature
from kassa.gateways.webhooks.parts import Part, SignatureScheme, id_by
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

HEADER = "seven-signature"

_PROOF = re.compile(r"[0-9a-f]{64}", re.ASCII)


def screen(request: WebhookRequest, now: datetime) -> None:
    """Refuse a header that no secret could make right."""
    _proof(request)


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a body that no live secret signed; each is compared, in constant time."""
    proof, matches = _proof(request), 0
    for secret in endpoint.signing_secrets:
        expected = hmac.digest(secret.encode(), request.body, "sha256").hex()
        matches += hmac.compare_digest(expected, proof)
    if not matches:
        raise InvalidSignature("no signature is by a live secret")
    return (Part(request.body),)


def _proof(request: WebhookRequest) -> str:
    proof = request.headers.get(HEADER, "")
    if not _PROOF.fullmatch(proof):
        raise InvalidSignature("the header is missing or can't be read")
    return proof


SCHEME = SignatureScheme(screen, verify, id_by(re.compile(rb'"id"\s*:\s*"([\w-]{1,64})"')))
