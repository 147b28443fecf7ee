"""Links in the table, each found by the digest of its token."""

from datetime import datetime, timedelta
from typing import Any

from kassa.console.sign_in import keys
from kassa.console.sign_in.link import VALID_FOR, SignInLink
from kassa.core import stored
from kassa.http_api.session_store import TOKEN_MAX, digest_of
from kassa.platform import table
from kassa.platform.settings import settings

_KEPT_FOR = timedelta(days=1)  # so that it differs from one that never was


def issuing(merchant_id: str, token: str, link: SignInLink) -> dict[str, Any]:
    """Return the write that keeps a new link."""
    key = keys.link(merchant_id, digest_of(token))
    item = key._asdict() | stored.plain(link, exclude_none=True)
    good_until = int((link.issued_at + VALID_FOR).timestamp())
    expires_at = int((link.issued_at + _KEPT_FOR).timestamp())
    return {"Put": table.putting(item | {"good_until": good_until, "expires_at": expires_at})}


def find(merchant_id: str, token: str) -> SignInLink | None:
    """Return the link of a token; none for one that nobody was given."""
    if not 0 < len(token) <= TOKEN_MAX:
        return None
    item = table.get(keys.link(merchant_id, digest_of(token)))
    return stored.read_fields(SignInLink, item) if item else None


def redeeming(merchant_id: str, token: str, now: datetime) -> dict[str, Any]:
    """Return the write that redeems a link, if nobody has and it isn't too old."""
    update = table.setting(
        keys.link(merchant_id, digest_of(token)),
        {"redeemed_at": now.isoformat()},
        ConditionExpression="attribute_not_exists(redeemed_at) AND good_until > :now",
        values={":now": int(now.timestamp())},
    )
    return {"Update": {"TableName": settings().table_name, **update}}
