"""Decide whether a request's API key may use a route; whatever isn't plainly allowed is denied."""

from datetime import datetime
from typing import Protocol

from kassa.domain.api_keys import ApiKey, Scope, is_alive, is_proven, read

# Every route behind the authorizer, and the scopes of which one is enough; a test holds this
# against the template.
SCOPES = {
    "GET /payments": {Scope.PAYMENTS_READ},
    "GET /payments/{gateway}/{account}/{payment_id}": {Scope.PAYMENTS_READ},
    "GET /events": {Scope.EVENTS_READ},
    "GET /events/{event_id}": {Scope.EVENTS_READ},
    "GET /reports/{period}/{day}": {Scope.REPORTS_READ},
    "POST /refunds": {Scope.REFUNDS_WRITE},
    "GET /refunds": {Scope.REFUNDS_READ},
    "GET /refunds/{refund_request_id}": {Scope.REFUNDS_READ},
    "POST /refunds/{refund_request_id}/{action}": {Scope.REFUNDS_DECIDE},
    "POST /orders": {Scope.ORDERS_WRITE},
    "POST /orders/{order_id}/attempts/{number}/resolve": {Scope.ORDERS_RESOLVE},
    "GET /orders/{order_id}": {Scope.ORDERS_READ},
    "GET /policies": {Scope.POLICIES_READ},
    "GET /policies/{version}": {Scope.POLICIES_READ},
    "POST /policies": {Scope.POLICIES_WRITE},
    "POST /policies/try": {Scope.POLICIES_READ},
    "GET /openapi.json": set(Scope),
}


class Keys(Protocol):
    """Where keys are kept."""

    def find(self, key_id: str) -> ApiKey | None:
        """Return a key, or none when there is none of that id."""
        ...


def authorize_api(route: str, authorization: str, keys: Keys, now: datetime) -> ApiKey | None:
    """Return the key that allows this request; none means denied, and never says why.

    A route nobody described has no scope that is enough, so it is closed to every key.
    """
    scheme, _, words = authorization.partition(" ")
    token = read(words.strip()) if scheme.lower() == "bearer" else None
    key = keys.find(token.key_id) if token else None
    if token is None or key is None or not is_proven(key, token.secret):
        return None
    is_enough = not key.scopes.isdisjoint(SCOPES.get(route, ()))
    return key if is_enough and is_alive(key, now) else None
