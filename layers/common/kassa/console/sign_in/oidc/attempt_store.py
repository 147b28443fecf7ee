"""Attempts to sign in, in the table, each found by the digest of its state."""

from datetime import datetime
from typing import Any

from kassa.console.sign_in import keys
from kassa.console.sign_in.oidc.attempt import VALID_FOR, SignInAttempt
from kassa.core import stored
from kassa.http_api.session_store import TOKEN_MAX, digest_of
from kassa.platform import table


def keep(merchant_id: str, state: str, attempt: SignInAttempt) -> None:
    """Keep a new attempt, as long as it may be redeemed."""
    key = keys.attempt(merchant_id, digest_of(state))
    until = int((attempt.begun_at + VALID_FOR).timestamp())
    item = key._asdict() | stored.plain(attempt, exclude_none=True)
    table.put_new(item | {"good_until": until, "expires_at": until})


def redeem(merchant_id: str, state: str, secret: str, now: datetime) -> SignInAttempt | None:
    """Use an attempt up, in the browser that began it; none where that can't be."""
    if not (0 < len(state) <= TOKEN_MAX and 0 < len(secret) <= TOKEN_MAX):
        return None
    conditions = (
        "attribute_not_exists(redeemed_at)",
        "good_until > :now",
        "browser = :browser",
    )
    update = table.setting(
        keys.attempt(merchant_id, digest_of(state)),
        {"redeemed_at": now.isoformat()},
        ConditionExpression=" AND ".join(conditions),
        values={":now": int(now.timestamp()), ":browser": digest_of(secret)},
        ReturnValues="ALL_NEW",
    )
    answer = table.write("update_item", **update)
    return _attempt(answer) if answer else None


def _attempt(answer: dict[str, Any]) -> SignInAttempt:
    return stored.read_fields(SignInAttempt, table.plain(answer["Attributes"]))
