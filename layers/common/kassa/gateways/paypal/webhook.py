"""PayPal's proof, verified with the certificate its header names, fetched from PayPal alone.

What is signed is `transmission id|time|webhook id|CRC32 of the body`, so another body with the same
CRC32 passes: whatever this lets through is read back from PayPal before it counts (`reader`).
"""

import base64
import re
from binascii import crc32
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import InvalidSignature
from kassa.gateways.webhooks.parts import Part, SignatureScheme, id_by
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

ALGORITHM = "SHA256withRSA"
AHEAD_MAX = timedelta(seconds=300)
AGE_MAX = timedelta(days=3)  # so long PayPal tries again

_URL = re.compile(
    r"https://api(?:-m)?(?:\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,128}"
)
_SIGNATURE_BYTES = (256, 384, 512)  # of RSA keys of 2048, 3072 and 4096 bits
_ID = re.compile(r"[A-Za-z0-9-]{8,128}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
event_id = id_by(re.compile(rb'"id"\s*:\s*"(WH-[\w-]{1,252})"'))


class Proof(NamedTuple):
    """What the headers say."""

    transmission_id: str
    time: str  # as it came, for that is what was signed
    certificate_url: str
    signature: bytes


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a body that PayPal didn't sign for one of the account's webhook ids.

    All that costs nothing is checked before the certificate is requested. Raises
    SecretsUnavailable while the certificate can't be had.
    """
    proof, sent_at = _fresh_proof(request, now)
    from kassa.gateways.paypal.certificates import chain as trust  # it takes cryptography

    key = trust.key(proof.certificate_url, endpoint, sent_at)
    messages = [signed(proof, webhook_id, request.body) for webhook_id in endpoint.signing_secrets]
    if not sum([trust.has_signed(key, proof.signature, message) for message in messages]):
        raise InvalidSignature("the signature is for none of the account's webhook ids")
    return (Part(request.body, proof.transmission_id),)


def signed(proof: Proof, webhook_id: str, body: bytes) -> bytes:
    """Return the message that PayPal signs."""
    return f"{proof.transmission_id}|{proof.time}|{webhook_id}|{crc32(body)}".encode()


def is_paypals(certificate_url: str) -> bool:
    """Return whether a certificate may be requested there: PayPal's own hosts, and nothing else."""
    return _URL.fullmatch(certificate_url) is not None


def _screen(request: WebhookRequest, now: datetime) -> None:
    _fresh_proof(request, now)


def _fresh_proof(request: WebhookRequest, now: datetime) -> tuple[Proof, datetime]:
    proof = _proof(request.headers)
    sent_at = _sent_at(proof.time)
    if not now - AGE_MAX <= sent_at <= now + AHEAD_MAX:
        raise InvalidSignature("the transmission is too old or in the future")
    return proof, sent_at


def _proof(headers: Mapping[str, str]) -> Proof:
    certificate_url = headers.get("paypal-cert-url", "")
    transmission_id = headers.get("paypal-transmission-id", "")
    if headers.get("paypal-auth-algo") != ALGORITHM:
        raise InvalidSignature("the algorithm isn't PayPal's")
    if not is_paypals(certificate_url):
        raise InvalidSignature("the certificate isn't at PayPal")
    if not _ID.fullmatch(transmission_id):
        raise InvalidSignature("the transmission has no id")
    signature = _decoded(headers.get("paypal-transmission-sig", ""))
    time = headers.get("paypal-transmission-time", "")
    return Proof(transmission_id, time, certificate_url, signature)


def _decoded(text: str) -> bytes:
    """Decode; of the many texts that a lax decoder takes for the same bytes, only one is right."""
    try:
        signature = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidSignature("the signature can't be read") from error
    if base64.b64encode(signature).decode() != text or len(signature) not in _SIGNATURE_BYTES:
        raise InvalidSignature("the signature can't be read")
    return signature


def _sent_at(text: str) -> datetime:
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidSignature("the transmission's time can't be read")


SCHEME = SignatureScheme(_screen, verify, event_id)
