"""Sessions in the table, each found by the digest of its token."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from kassa.core import stored
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.portal import keys
from kassa.portal.session import Session

TOKEN_MAX = 100  # characters; no token of ours is longer
SEEN_EVERY = timedelta(minutes=1)  # no more often is it written down that somebody was here
_TOKEN_BYTES = 32


def new_token() -> str:
    """Return a token that nobody can guess."""
    return token_urlsafe(_TOKEN_BYTES)


def beginning(merchant_id: str, token: str, new: Session) -> dict[str, Any]:
    """Return the write that keeps a new session."""
    item = _key(merchant_id, token)._asdict() | stored.plain(new, exclude_none=True)
    return {"Put": table.putting(item | {"expires_at": int(new.ends_at.timestamp())})}


def find(merchant_id: str, token: str) -> Session | None:
    """Return the session of a token; none for one that nobody was given."""
    if not 0 < len(token) <= TOKEN_MAX:
        return None
    item = table.get(_key(merchant_id, token))
    return stored.read_fields(Session, item) if item else None


def touch(merchant_id: str, token: str, session: Session, now: datetime) -> None:
    """Write down that somebody was here, now and then, unless the session was ended meanwhile."""
    if now - session.seen_at >= SEEN_EVERY:
        _set(merchant_id, token, "seen_at", now)


def end(merchant_id: str, token: str, now: datetime) -> bool:
    """End the session of a token; tell whether there was one that nobody had ended."""
    return 0 < len(token) <= TOKEN_MAX and _set(merchant_id, token, "ended_at", now)


def _set(merchant_id: str, token: str, name: str, at: datetime) -> bool:
    update = table.setting(
        _key(merchant_id, token),
        {name: at.isoformat()},
        ConditionExpression="attribute_exists(PK) AND attribute_not_exists(ended_at)",
    )
    return table.write("update_item", **update) is not None


def _key(merchant_id: str, token: str) -> Key:
    return keys.session(merchant_id, sha256(token.encode()).hexdigest())
