"""Decide whether a request's API key may use a route; whatever isn't plainly allowed is refused.

A key opens what its scopes and its person's roles both say, as they stand at that instant: answers
aren't cached, so a key or person that is closed is refused from the next request on.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from kassa.core.callers import Caller
from kassa.http_api.routes import SCOPES
from kassa.people.api_keys import ApiKey, is_alive, is_proven, read
from kassa.people.persons import Person, allowed


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


class Access(NamedTuple):
    """Who is let in; or none, why not, and the scope that would do."""

    caller: Caller | None
    refusal: str | None = None  # a code of http_api/errors.py
    scope: str | None = None

    @property
    def why(self) -> dict[str, str]:
        """Return the refusal as it is passed to the function behind; no key is named."""
        return {"refusal": str(self.refusal), "scope": self.scope or ""}


def authorize_api(route: str, authorization: str, door: Door) -> Access:
    """Say who may go on with this request, or what its sender may know of why nobody may.

    Only who proves a key's secret learns more of it than that it doesn't do. A route nobody
    described has no scope that is enough, so it is closed to every key.
    """
    scheme, _, credentials = authorization.partition(" ")
    token = read(credentials.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        return Access(None, "invalid_key" if authorization.strip() else "missing_key")
    key = door.keys.find(token.key_id)
    if key is None or not is_proven(key, token.secret):
        return Access(None, "invalid_key")
    if not is_alive(key, door.now):
        return Access(None, "expired_key" if key.revoked_at is None else "revoked_key")
    caller, enough = _caller(key, door), SCOPES.get(route)
    if caller is None:
        return Access(None, "revoked_key")
    if enough is None:
        return Access(None, "unknown_route")
    if caller.scopes.isdisjoint(enough):
        return Access(None, "missing_scope", sorted(enough)[0])
    return Access(caller)


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
