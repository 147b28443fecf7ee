"""Payment links: addresses by which whoever has one comes to the payment page of an order.

A token can't be guessed. Its item is found by its digest, and holds ids only.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from kassa.orders import keys as order_keys
from kassa.platform import table

FOLLOWED_MAX = 20  # times an hour; each may ask a gateway
_TOKEN_BYTES = 24


class LinkedOrder(NamedTuple):
    """The order that a link is of."""

    merchant_id: str
    order_id: str


def new_token() -> str:
    """Return a token that nobody can guess."""
    return token_urlsafe(_TOKEN_BYTES)


def keep(token: str, of: LinkedOrder) -> None:
    """Let a token lead to an order, for good."""
    table.put_new(order_keys.payment_link(_digest(token))._asdict() | of._asdict())


def find(token: str) -> LinkedOrder | None:
    """Return the order that a token leads to; none for one that nobody was given."""
    item = table.get(order_keys.payment_link(_digest(token)))
    return LinkedOrder(item["merchant_id"], item["order_id"]) if item else None


def count(token: str, now: datetime) -> bool:
    """Count that a link is followed; tell whether it may be, once more this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = order_keys.payment_link(_digest(token))
    more = {
        "Key": table.key(key),
        "UpdateExpression": "ADD followed :one",
        "ConditionExpression": "followed_hour = :hour AND followed < :most",
        "ExpressionAttributeValues": table.typed(
            {":one": 1, ":hour": hour.isoformat(), ":most": FOLLOWED_MAX}
        ),
    }
    if table.write("update_item", **more) is not None:
        return True
    first = table.setting(
        key,
        {"followed": 1, "followed_hour": hour.isoformat()},
        ConditionExpression="attribute_exists(PK) AND NOT followed_hour = :read",
        values={":read": hour.isoformat()},
    )
    return table.write("update_item", **first) is not None


def retry_after_s(now: datetime) -> int:
    """Return when a link that was followed too often may be followed again, in seconds."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return max(1, int((hour - now).total_seconds()))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
