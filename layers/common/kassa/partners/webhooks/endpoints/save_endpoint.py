"""Save endpoints: entered, changed, secrets rotated, deleted; each act with its audit item."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from kassa.audit.trail import Actor
from kassa.core.errors import InvalidRequest
from kassa.partners import safe_http
from kassa.partners.webhooks.endpoints import watch_endpoint
from kassa.partners.webhooks.endpoints.endpoint import (
    DESCRIPTION_MAX,
    Because,
    Endpoint,
    Scheme,
    deleted,
    disabled,
    enabled,
    rotated,
)
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.secret_store import newest_secret
from kassa.platform import clock
from kassa.platform.settings import settings


class Entered(NamedTuple):
    """What somebody enters of an endpoint, its events read."""

    url: str
    events: tuple[str, ...]
    description: str = ""
    scheme: Scheme = Scheme.V1


class WithSecret(NamedTuple):
    """An endpoint, and what its receiver verifies by; a shared secret is shown this once."""

    endpoint: Endpoint
    secret: str


def save_endpoint(entered: Entered, owner_id: str, by: Actor) -> WithSecret:
    """Keep a new endpoint; raise AddressRefused for an address that may not be called."""
    endpoint = Endpoint(
        endpoint_id=f"we_{secrets.token_hex(6)}",
        url=safe_http.read_url(entered.url).url,
        events=entered.events,
        description=_described(entered.description),
        scheme=entered.scheme,
        owner_id=owner_id,
        created_at=clock.now(),
    )
    secret = newest_secret(endpoint)  # before it is kept: without one it could never be told
    _endpoints().add(endpoint, by)
    return WithSecret(endpoint, secret)


def change_endpoint(endpoint_id: str, changes: Mapping[str, Any], by: Actor) -> Endpoint:
    """Change url, events or description of an endpoint, or whether it `is_enabled`.

    Raises NotFound, AddressRefused, and InvalidRequest where nothing is named.
    """
    if not changes:
        raise InvalidRequest("url: name what to change: url, events, description, is_enabled")
    before = _endpoints().named(endpoint_id)
    named = {name: changes[name] for name in ("events", "description") if name in changes}
    _described(str(named.get("description", "")))
    if "url" in changes:
        named["url"] = safe_http.read_url(changes["url"]).url
    after = before.model_copy(update=named)
    is_enabled, operation = changes.get("is_enabled", before.is_active), "change"
    if is_enabled != before.is_active:
        operation = "enable" if is_enabled else "disable"
        after = enabled(after) if is_enabled else disabled(after, Because.BY_PERSON, clock.now())
    if after == before:
        return before
    after = after.model_copy(update={"version": before.version + 1})
    _endpoints().save(after, operation, by)
    if operation == "enable" or after.url != before.url:
        watch_endpoint.forgive(after)
    return after


def rotate_secret(
    endpoint_id: str, overlap: timedelta, scheme: Scheme | None, by: Actor
) -> WithSecret:
    """Give an endpoint its next secret; the one before signs along for a while.

    Raises NotFound, and Conflict while an earlier one still does.
    """
    before = _endpoints().named(endpoint_id)
    after = rotated(before, clock.now(), overlap, scheme)
    secret = newest_secret(after)
    _endpoints().save(after, "rotate", by)
    return WithSecret(after, secret)


def delete_endpoint(endpoint_id: str, by: Actor) -> Endpoint:
    """Take an endpoint out for good, and forget its address; raise NotFound."""
    before = _endpoints().named(endpoint_id)
    _endpoints().save(deleted(before), "delete", by)
    return before


def _described(description: str) -> str:
    """Return a description; raise InvalidRequest where it isn't one line of no address."""
    if len(description) > DESCRIPTION_MAX or {"@", "\n", "\r"} & set(description):
        raise InvalidRequest(
            f"description: must be one line of {DESCRIPTION_MAX} characters, without a mail address"
        )
    return description


def _endpoints() -> Endpoints:
    return Endpoints(settings().merchant_id)
