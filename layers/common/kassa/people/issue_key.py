"""Makes keys of the API as somebody asks who may, and revokes them.

A key for oneself does no more than one's roles. A program's does no more than whoever makes it,
unless they say who works here, too: else who connects programs could give one what they lack.
"""

from collections.abc import Collection

from kassa.audit.trail import Actor
from kassa.core.callers import Caller, Scope, ScopeMissing, require_fresh, require_scope
from kassa.core.errors import InvalidRequest
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import ApiKey
from kassa.people.create_api_key import create_key_for_person, create_key_for_system
from kassa.people.persons import PERSONS_ALONE
from kassa.people.store import Persons
from kassa.platform import clock

DAYS_MAX = 3650


def grantable(caller: Caller) -> frozenset[Scope]:
    """Return what somebody may let a program do."""
    machines = frozenset(Scope) - PERSONS_ALONE
    return machines if Scope.PEOPLE_WRITE in caller.scopes else machines & caller.scopes


def issue_key(
    caller: Caller, system: str | None, scopes: Collection[Scope], days: int
) -> tuple[str, ApiKey]:
    """Make a key for whoever asks, or for a program that is named; return it this once.

    Raises InvalidRequest where it could do more than it may, ScopeMissing where they may make none.
    """
    _require_rights(caller)
    if not 1 <= days <= DAYS_MAX:
        raise InvalidRequest(f"days: 1 to {DAYS_MAX}")
    if not scopes:
        raise InvalidRequest("scopes: choose one at least")
    if system is None:
        person = Persons().named(caller.actor_id)
        return create_key_for_person(person, Actor.of(caller), scopes, days)
    if beyond := frozenset(scopes) - grantable(caller):
        raise ScopeMissing(f"only who may do it gives a program {', '.join(sorted(beyond))}")
    return create_key_for_system(system, Actor.of(caller), scopes, days)


def revoke_key(caller: Caller, key_id: str) -> ApiKey:
    """Close a key for good, whosever it is."""
    _require_rights(caller)
    return ApiKeys().revoke(key_id, clock.now(), Actor.of(caller))


def _require_rights(caller: Caller) -> None:
    require_scope(caller, Scope.KEYS_WRITE)
    require_fresh(caller, clock.now())
