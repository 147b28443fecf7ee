"""Standard Webhooks' proof over the id, the time and the exact body, by a secret or a key pair.

Written from the specification, version 1.0.0. Stricter than the reference library: of what is sent,
numbers and base64 count only in their one canonical form, and an id with a full stop is refused,
since it could be read as another id with another time. Our own secrets may come without padding, as
the reference libraries take them.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from kassa.core.errors import InvalidSignature, SecretsUnavailable
from kassa.gateways.webhooks.parts import Part, SignatureScheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

TOLERANCE_S = 300  # in the past and in the future
SIGNATURES_MAX = 16  # a rolled secret makes two; checking a key pair's costs something
SECRET_BYTES_MIN = 24  # the specification's least
_PUBLIC_BYTES = 32
_ID = re.compile(r"[!-+\-/-~]{1,255}")  # visible, without a comma and a full stop
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")


class _Keys(NamedTuple):
    """The live secrets by what they can prove; one never serves as the other."""

    shared: tuple[bytes, ...]  # whsec_…: signatures v1
    public: tuple[bytes, ...]  # whpk_…: signatures v1a
    is_whole: bool  # no: one of them can't be read


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a body that no live secret signed within the tolerance; the id names the event.

    Raises SecretsUnavailable where nothing matched and one of our own secrets can't be read: the
    fault may be ours, and the gateway is to come again.
    """
    delivery_id, timestamp, given = _given(request)
    signed = f"{delivery_id}.{timestamp}.".encode() + request.body
    keys = _keys(endpoint.signing_secrets)
    shared = _of_version(given, "v1,")
    matches = sum(_is_shared(key, signed, proof) for key in keys.shared for proof in shared)
    matches += _matches_of_pairs(keys.public, signed, _of_version(given, "v1a,"))
    if not matches and not keys.is_whole:
        raise SecretsUnavailable("a signing secret is neither whsec_… nor whpk_…")
    if not matches:
        raise InvalidSignature("no signature is by a live secret")
    _require_fresh(timestamp, now)
    return (Part(request.body, delivery_id),)


def event_id(body: bytes) -> str | None:
    """Return nothing: the id stands in a header, and a body may name anything."""
    return None


def _screen(request: WebhookRequest, now: datetime) -> None:
    _, timestamp, given = _given(request)
    _require_fresh(timestamp, now)
    if not [one for one in given if one.startswith(("v1,", "v1a,"))]:
        raise InvalidSignature("the header holds no signature of a version we know")


SCHEME = SignatureScheme(_screen, verify, event_id)


def usable_secret(secret: str) -> str:
    """Return a secret in its one canonical spelling; raise ValueError saying why it can't work."""
    kind, _, text = secret.strip().partition("_")
    key = _unpadded(text)
    if kind not in ("whsec", "whpk"):
        raise ValueError("a secret begins with whsec_, a public key with whpk_")
    if not key:
        raise ValueError(f"what follows {kind}_ is no base64")
    if kind == "whsec" and len(key) < SECRET_BYTES_MIN:
        raise ValueError(f"it has {len(key)} bytes; the specification asks for {SECRET_BYTES_MIN}")
    if kind == "whpk" and len(key) != _PUBLIC_BYTES:
        raise ValueError(f"a public key has {_PUBLIC_BYTES} bytes, this one has {len(key)}")
    return f"{kind}_{base64.b64encode(key).decode()}"


def _given(request: WebhookRequest) -> tuple[str, str, list[str]]:
    """Return the id, the timestamp and the signatures that the headers hold."""
    delivery_id = _header(request, "webhook-id", _ID)
    timestamp = _header(request, "webhook-timestamp", _TIMESTAMP)
    given = request.headers.get("webhook-signature", "").split(" ")
    if len(given) > SIGNATURES_MAX:
        raise InvalidSignature(f"the header holds more than {SIGNATURES_MAX} signatures")
    return delivery_id, timestamp, given


def _require_fresh(timestamp: str, now: datetime) -> None:
    now_s = now.timestamp()
    if not now_s - TOLERANCE_S <= int(timestamp) <= now_s + TOLERANCE_S:
        raise InvalidSignature("the timestamp is too old or in the future")


def _header(request: WebhookRequest, name: str, form: re.Pattern[str]) -> str:
    value = request.headers.get(name, "")
    if not form.fullmatch(value):
        raise InvalidSignature(f"{name} is missing or can't be read")
    return value


def _of_version(given: Sequence[str], version: str) -> list[bytes]:
    proofs = (one.removeprefix(version) for one in given if one.startswith(version))
    return [proof.encode("utf-8", "replace") for proof in proofs]


def _is_shared(key: bytes, signed: bytes, proof: bytes) -> bool:
    """Compare as bytes and in constant time; base64 has one right spelling."""
    return hmac.compare_digest(base64.b64encode(hmac.digest(key, signed, "sha256")), proof)


def _matches_of_pairs(public: Iterable[bytes], signed: bytes, proofs: Sequence[bytes]) -> int:
    """Count the signatures that a public key proves; only then is `cryptography` imported."""
    if not proofs or not public:
        return 0
    from cryptography.exceptions import InvalidSignature as Unproven
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    matches = 0
    for key in map(Ed25519PublicKey.from_public_bytes, public):
        for proof in filter(None, map(_decoded, proofs)):
            try:
                key.verify(proof, signed)
            except Unproven:
                continue
            matches += 1
    return matches


def _keys(secrets: Iterable[str]) -> _Keys:
    shared, public, is_whole = list[bytes](), list[bytes](), True
    for secret in secrets:
        try:
            kind, _, text = usable_secret(secret).partition("_")
        except ValueError:
            is_whole = False
            continue
        (shared if kind == "whsec" else public).append(base64.b64decode(text))
    return _Keys(tuple(shared), tuple(public), is_whole)


def _unpadded(text: str) -> bytes:
    """Decode base64 of ours, with its padding or without."""
    bare = text.rstrip("=").encode("utf-8", "replace")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return b""


def _decoded(text: bytes) -> bytes:
    """Decode base64 in its canonical form, and nothing else; the padding may not be left out."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return decoded if base64.b64encode(decoded) == text else b""
