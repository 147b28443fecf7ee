"""Decide whether a request's API key may use a route; whatever isn't plainly allowed is denied.

A key opens what its scopes and its person's roles both say, as they stand at that instant: answers
aren't cached, so a key or person that is closed is refused from the next request on.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from kassa.domain.api_keys import ApiKey, Scope, is_alive, is_proven, read
from kassa.domain.callers import Caller
from kassa.domain.persons import Person, allowed

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


class Persons(Protocol):
    """Where persons are kept."""

    def find(self, person_id: str) -> Person | None:
        """Return a person, or none when there is none of that id."""
        ...


class Door(NamedTuple):
    """Where the authorizer looks, and when."""

    keys: Keys
    persons: Persons
    now: datetime


def authorize_api(route: str, authorization: str, door: Door) -> Caller | None:
    """Return who may go on with this request; none means denied, and never says why.

    A route nobody described has no scope that is enough, so it is closed to every key.
    """
    scheme, _, words = authorization.partition(" ")
    token = read(words.strip()) if scheme.lower() == "bearer" else None
    key = door.keys.find(token.key_id) if token else None
    if token is None or key is None or not is_proven(key, token.secret):
        return None
    caller = _caller(key, door) if is_alive(key, door.now) else None
    is_enough = caller and not caller.scopes.isdisjoint(SCOPES.get(route, ()))
    return caller if is_enough else None


def _caller(key: ApiKey, door: Door) -> Caller | None:
    """Return whose key it is, and what they may do with it now; none for a person nobody knows."""
    person = door.persons.find(key.person_id) if key.person_id else None
    if key.person_id and person is None:
        return None
    return Caller(
        key_id=key.key_id,
        person_id=key.person_id,
        scopes=allowed(key.scopes, person),
        is_sole=person.is_sole if person else False,
    )
