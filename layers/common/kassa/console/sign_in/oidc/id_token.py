"""An ID token: whether the issuer signed it, and for this very sign-in; then whom it vouches for.

Signatures are PyJWT's work. A key is made for one algorithm, by its kind and never by what a
token's header says: so nothing unsigned passes, nor what was signed by a public key as a secret.
Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725.
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from kassa.console.sign_in.oidc.refusals import SignInRefused
from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.model import Instant, Model

TOKEN_MAX = 16 * 1024  # characters
LEEWAY = timedelta(minutes=1)  # by which two clocks may differ
OLD = timedelta(minutes=10)  # no sign-in takes longer, so no token of one is older
SUBJECT_MAX = 255
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
UNREADABLE, UNSIGNED, UNKNOWN_KEY = "token_unreadable", "token_unsigned", "token_key"


class Expected(NamedTuple):
    """What the token of one sign-in must say."""

    issuer: str
    client_id: str
    nonce: str


class Vouched(Model):
    """Whom an issuer vouches for."""

    issuer: str
    subject: str
    email: str | None = None  # as it stands there
    is_verified: bool = False  # whether the issuer has seen that it is theirs
    authenticated_at: Instant | None = None  # when they proved who they are; none: it doesn't say

    @property
    def identity(self) -> str:
        """Return how the audit trail names them."""
        return f"{self.issuer} {self.subject}"


class _Claims(Model):
    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: float
    iat: float
    nonce: str
    nbf: float | None = None
    azp: str | None = None
    auth_time: float | None = None
    email: str | None = None
    email_verified: Any = None  # Cognito and others say "true"
    token_use: str | None = None  # Cognito's; an access token is none of ours


def key_for(token: str, keys: Iterable[Mapping[str, Any]]) -> Any | None:
    """Return the key of an issuer that a token names; none where it isn't among them.

    Raises SignInRefused where the token can't be read, or isn't signed as we take it.
    """
    import jwt  # it loads a large package, which no page but one needs

    try:
        header = jwt.get_unverified_header(token[:TOKEN_MAX])
    except jwt.PyJWTError:
        raise SignInRefused(UNREADABLE) from None
    if header.get("alg") not in _ALGORITHMS.values():
        raise SignInRefused(UNSIGNED)
    usable = [one for one in keys if _algorithm_of(one) == header["alg"]]
    named = [one for one in usable if one.get("kid") == header.get("kid")]
    if not named and "kid" not in header and len(usable) == 1:
        named = usable
    try:
        return jwt.PyJWK(dict(named[0]), header["alg"]) if named else None
    except jwt.PyJWTError:
        return None


def vouched(token: str, key: Any, expected: Expected, now: datetime) -> Vouched:
    """Return whom a token vouches for; raise SignInRefused, with its reason, where it doesn't."""
    claims = _signed(token, key)
    _require_meant(claims, expected)
    _require_now(claims, now)
    authenticated = claims.auth_time
    return Vouched(
        issuer=claims.iss,
        subject=claims.sub,
        email=claims.email,
        is_verified=claims.email_verified is True or claims.email_verified == "true",
        authenticated_at=None if authenticated is None else min(_instant(authenticated), now),
    )


def _algorithm_of(key: Mapping[str, Any]) -> str | None:
    """Return the one algorithm that a key is used for; none for what isn't for signatures."""
    kind = key.get("kty")
    found = _ALGORITHMS.get((str(kind), str(key.get("crv")) if kind == "EC" else None))
    is_for_it = key.get("use", "sig") == "sig" and key.get("alg", found) == found
    return found if is_for_it else None


def _signed(token: str, key: Any) -> _Claims:
    """Return the claims of a token that a key signed; its times are read by our own clock."""
    import jwt

    unchecked = dict.fromkeys(
        ("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_iss"), False
    )
    options: Any = unchecked | {"enforce_minimum_key_length": True}
    try:
        read = jwt.decode(token, key, algorithms=[key.algorithm_name], options=options)
    except jwt.PyJWTError:
        raise SignInRefused(UNSIGNED) from None
    try:
        return stored.read_fields(_Claims, read)
    except UnreadableItem:
        raise SignInRefused("token_claims") from None


def _require_meant(claims: _Claims, expected: Expected) -> None:
    """Raise SignInRefused where a token is another issuer's, for others, or of another sign-in."""
    meant = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    party = claims.azp or (meant[0] if len(meant) == 1 else None)
    is_nonce = hmac.compare_digest(claims.nonce.encode(), expected.nonce.encode())
    refused = (
        ("token_issuer", claims.iss != expected.issuer),
        ("token_audience", expected.client_id not in meant or party != expected.client_id),
        ("token_nonce", not is_nonce),
        ("token_claims", not 1 <= len(claims.sub) <= SUBJECT_MAX),
        ("token_claims", claims.token_use not in (None, "id")),
    )
    for reason, holds in refused:
        if holds:
            raise SignInRefused(reason)


def _require_now(claims: _Claims, now: datetime) -> None:
    """Raise SignInRefused where a token isn't one of now."""
    latest, earliest = (now + LEEWAY).timestamp(), (now - LEEWAY).timestamp()
    issued = (claims.iat, claims.nbf or 0.0, claims.auth_time or 0.0)
    if any(not one <= latest for one in issued):
        raise SignInRefused("token_early")
    if not claims.exp > earliest or not claims.iat > (now - OLD - LEEWAY).timestamp():
        raise SignInRefused("token_expired")


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(max(seconds, 0.0), UTC)
