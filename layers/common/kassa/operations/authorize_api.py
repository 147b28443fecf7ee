"""Decide whether a request's API key may use a route; whatever isn't plainly allowed is denied."""

from datetime import datetime
from typing import Protocol

from kassa.domain.api_keys import ApiKey, Scope, is_alive, is_proven, read

# Every route behind the authorizer; a test holds this against the API and the template.
SCOPES = {
    "GET /payments/{gateway}/{account}/{payment_id}": Scope.PAYMENTS_READ,
    "GET /events": Scope.EVENTS_READ,
    "GET /events/{event_id}": Scope.EVENTS_READ,
    "GET /reports/{period}/{day}": Scope.REPORTS_READ,
}


class Keys(Protocol):
    """Where keys are kept."""

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key, or none when there is none of that id."""
        ...


def authorize_api(route: str, authorization: str, keys: Keys, now: datetime) -> ApiKey | None:
    """Return the key that allows this request; none means denied, and never says why.

    The route's scope is asked first, so that a route nobody described is closed to every key.
    """
    scope = SCOPES.get(route)
    scheme, _, words = authorization.partition(" ")
    token = read(words.strip()) if scope and scheme.lower() == "bearer" else None
    key = keys.find(token.key_id) if token else None
    if token is None or key is None or not is_proven(key, token.secret):
        return None
    return key if is_alive(key, now) and scope in key.scopes else None
