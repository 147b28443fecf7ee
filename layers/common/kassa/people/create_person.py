"""Creates persons: whoever works here, under an id of their own."""

import secrets
from collections.abc import Iterable

from kassa.audit.trail import Actor
from kassa.core.errors import Conflict, InvalidRequest
from kassa.people.identities import address
from kassa.people.identity_store import giving, is_others
from kassa.people.persons import NAME_MAX, Person, Role
from kassa.people.store import Persons
from kassa.platform import clock


def create_person(
    name: str, roles: Iterable[Role], by: Actor, is_sole: bool = False, email: str | None = None
) -> Person:
    """Create and store a person; raise InvalidRequest or Conflict where that can't be.

    By their mail address they sign in at an issuer; they need none for API keys.
    """
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise InvalidRequest(f"name: 1 to {NAME_MAX} characters")
    person = Person(
        person_id=f"person_{secrets.token_hex(6)}",
        name=name.strip(),
        roles=frozenset(roles),
        is_sole=is_sole,
        email=address(email.strip()) if email else None,
        created_at=clock.now(),
    )
    at = person.created_at
    address_given = [giving(person.person_id, person.email, at)] if person.email else []
    try:
        Persons().add(person, by, address_given)
    except Conflict as conflict:
        if is_others(person.email, person.person_id):
            raise Conflict("email: another person has this address") from conflict
        raise
    return person
