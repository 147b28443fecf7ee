"""Sessions in the table, each found by the digest of its token."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Generic, TypeVar

from kassa.core import stored
from kassa.http_api.session import Session
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.platform.settings import settings

TOKEN_MAX = 100  # characters; no token of ours is longer
SEEN_EVERY = timedelta(minutes=1)  # no more often is it written down that somebody was here
_TOKEN_BYTES = 32

Kept = TypeVar("Kept", bound=Session)


def new_token() -> str:
    """Return a token that nobody can guess."""
    return token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return sha256(token.encode()).hexdigest()


class Sessions(Generic[Kept]):
    """The sessions of one door: what is kept of each, and by which key."""

    def __init__(self, kept: type[Kept], key: Callable[[str, str], Key]) -> None:
        """Keep sessions by a key of the merchant and the token's digest."""
        self._kept, self._key = kept, key

    def beginning(self, merchant_id: str, token: str, new: Kept) -> dict[str, Any]:
        """Return the write that keeps a new session."""
        item = self._key_of(merchant_id, token)._asdict() | stored.plain(new, exclude_none=True)
        return {"Put": table.putting(item | {"expires_at": int(new.ends_at.timestamp())})}

    def find(self, merchant_id: str, token: str) -> Kept | None:
        """Return the session of a token; none for one that nobody was given."""
        if not 0 < len(token) <= TOKEN_MAX:
            return None
        item = table.get(self._key_of(merchant_id, token))
        return stored.read_fields(self._kept, item) if item else None

    def touch(self, merchant_id: str, token: str, session: Kept, now: datetime) -> None:
        """Write down that somebody was here, now and then, unless it was ended meanwhile."""
        if now - session.seen_at >= SEEN_EVERY:
            self.change(merchant_id, token, "seen_at", now.isoformat())

    def end(self, merchant_id: str, token: str, now: datetime) -> bool:
        """End the session of a token; tell whether there was one that nobody had ended."""
        is_one = 0 < len(token) <= TOKEN_MAX
        return is_one and self.change(merchant_id, token, "ended_at", now.isoformat())

    def ending(self, merchant_id: str, token: str, now: datetime) -> dict[str, Any]:
        """Return the write that ends a session, if nobody has."""
        update = self._changing(merchant_id, token, "ended_at", now.isoformat())
        return {"Update": {"TableName": settings().table_name, **update}}

    def change(self, merchant_id: str, token: str, name: str, value: str) -> bool:
        """Set one field of a session that nobody ended; tell whether there was one."""
        update = self._changing(merchant_id, token, name, value)
        return table.write("update_item", **update) is not None

    def _changing(self, merchant_id: str, token: str, name: str, value: str) -> dict[str, Any]:
        return table.setting(
            self._key_of(merchant_id, token),
            {name: value},
            ConditionExpression="attribute_exists(PK) AND attribute_not_exists(ended_at)",
        )

    def _key_of(self, merchant_id: str, token: str) -> Key:
        return self._key(merchant_id, digest_of(token))
