"""Lets people in and closes them out, as somebody asks who may: never for themselves.

The command line does the same for whoever holds AWS credentials, without these bounds.
"""

from collections.abc import Iterable

from kassa.audit.trail import Actor
from kassa.core.callers import Caller, Scope, require_fresh, require_scope
from kassa.core.errors import Conflict
from kassa.people.create_person import create_person
from kassa.people.give_address import give_address
from kassa.people.persons import Person, Role
from kassa.people.store import Persons
from kassa.platform import clock


def admit_person(caller: Caller, name: str, roles: Iterable[Role], email: str | None) -> Person:
    """Create a person, who signs in by this mail address; raise InvalidRequest or Conflict."""
    _require_rights(caller)
    return create_person(name, roles, Actor.of(caller), email=email)


def change_roles(caller: Caller, person_id: str, roles: frozenset[Role]) -> Person:
    """Let somebody else work as something else from now on; raise as `Persons.change_roles`."""
    _require_another(caller, person_id)
    return Persons().change_roles(person_id, roles, Actor.of(caller))


def change_address(caller: Caller, person_id: str, email: str) -> Person:
    """Let somebody else sign in by this address from now on; raise as `give_address`."""
    _require_another(caller, person_id)
    return give_address(person_id, email, Actor.of(caller))


def disable_person(caller: Caller, person_id: str) -> Person:
    """Close somebody else out, for good."""
    _require_another(caller, person_id)
    return Persons().disable(person_id, clock.now(), Actor.of(caller))


def _require_another(caller: Caller, person_id: str) -> None:
    _require_rights(caller)
    if person_id == caller.actor_id:
        raise Conflict("nobody changes what they may do themselves: ask another admin")


def _require_rights(caller: Caller) -> None:
    require_scope(caller, Scope.PEOPLE_WRITE)
    require_fresh(caller, clock.now())
