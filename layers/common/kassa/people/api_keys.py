"""API keys: what a key may do, when it lives, and how its secret is known without being
kept.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from pydantic import Field

from kassa.core.callers import READING as READING
from kassa.core.callers import Scope as Scope
from kassa.core.model import Instant, Model

PREFIX = "kassa"


class Token(NamedTuple):
    """The token a caller shows: which key, and the secret that proves it."""

    key_id: str
    secret: str


class ApiKey(Model):
    """A key as it is stored: never its secret, only what the secret hashes to."""

    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    name: str  # a machine's; empty where the key is a person's, whose name stands with them alone
    person_id: str | None = None  # none: a machine's, or made before persons were
    scopes: frozenset[Scope]  # none where a newer release knows them all, and this one none
    secret_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None


def spell(token: Token) -> str:
    """Return a token as its owner keeps it; the prefix lets secret scanners find a leaked one."""
    return f"{PREFIX}_{token.key_id}_{token.secret}"


def read(text: str) -> Token | None:
    """Return the token of a caller's header, or none where it has another form."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    is_token = prefix == PREFIX and re.fullmatch(r"[0-9a-f]{16}", key_id) and secret
    return Token(key_id, secret) if is_token else None


def hashed(secret: str) -> str:
    """Return what is kept of a secret; 256 random bits need no slow hash and no salt."""
    return sha256(secret.encode()).hexdigest()


def is_proven(key: ApiKey, secret: str) -> bool:
    """Tell whether the secret is the key's, in a time that says nothing about it."""
    return hmac.compare_digest(key.secret_sha256, hashed(secret))


def is_alive(key: ApiKey, now: datetime) -> bool:
    """Tell whether the key is neither revoked nor past its end."""
    return key.revoked_at is None and now < key.expires_at
