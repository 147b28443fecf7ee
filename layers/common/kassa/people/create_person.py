"""Creates persons: whoever works here, under an id of their own."""

import secrets
from collections.abc import Iterable

from kassa.audit.trail import Actor
from kassa.core.errors import InvalidRequest
from kassa.people.persons import NAME_MAX, Person, Role
from kassa.people.store import Persons
from kassa.platform import clock


def create_person(name: str, roles: Iterable[Role], by: Actor, is_sole: bool = False) -> Person:
    """Create and store a person; raise InvalidRequest or Conflict where that can't be."""
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise InvalidRequest(f"name: 1 to {NAME_MAX} characters")
    person = Person(
        person_id=f"person_{secrets.token_hex(6)}",
        name=name.strip(),
        roles=frozenset(roles),
        is_sole=is_sole,
        created_at=clock.now(),
    )
    Persons().add(person, by)
    return person
