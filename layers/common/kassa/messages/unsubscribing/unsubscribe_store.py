"""Unsubscribe links: a token that can't be guessed leads to one category of one address.

The table knows a token by its digest, and an address by its own: nobody can read either.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from kassa.customers.addresses import address_digest
from kassa.messages import keys
from kassa.messages.kinds import Category
from kassa.messages.templates.parts import secure
from kassa.platform import table
from kassa.platform.settings import settings

PATH = "/unsubscribe/"
KEPT = timedelta(days=730)  # laws ask for weeks; people find old mails
TOKEN_MAX = 100  # characters; no token of ours is longer
_TOKEN_BYTES = 24


class Subscription(NamedTuple):
    """What an unsubscribe link is of."""

    merchant_id: str
    address_digest: str
    category: Category
    language: str


def new_token() -> str:
    """Return a token that nobody can guess."""
    return token_urlsafe(_TOKEN_BYTES)


def new_link(
    merchant_id: str, address: str, category: Category, language: str, now: datetime
) -> str | None:
    """Return a new link that ends messages of a category to an address.

    None where the API has no address of https, as that of a stack run here.
    """
    token, digest = new_token(), address_digest(merchant_id, address)
    if (link := link_of(token)) is not None:
        keep(token, Subscription(merchant_id, digest, category, language), now)
    return link


def link_of(token: str) -> str | None:
    """Return the link with a token; none where the API has no address of https."""
    return secure(f"{settings().public_address}{PATH}{token}")


def keep(token: str, of: Subscription, now: datetime) -> None:
    """Let a token lead to a subscription."""
    key = keys.unsubscribe_link(_digest(token))._asdict()
    table.put_new(key | of._asdict() | {"expires_at": int((now + KEPT).timestamp())})


def find(token: str) -> Subscription | None:
    """Return what a token is of; none for one that nobody was given."""
    if not 0 < len(token) <= TOKEN_MAX:
        return None
    item = table.get(keys.unsubscribe_link(_digest(token)))
    if item is None:
        return None
    fields = {name: item[name] for name in Subscription._fields}
    return Subscription(**fields | {"category": Category(fields["category"])})


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
