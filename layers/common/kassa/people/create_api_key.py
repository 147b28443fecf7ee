"""Creates API keys, of persons and of machines: only a secret's hash is kept."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from kassa.audit.trail import Actor
from kassa.core.callers import READING, Scope
from kassa.core.errors import Conflict, InvalidRequest
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import ApiKey, Token, hashed, spell
from kassa.people.persons import NAME_MAX, Person, require_for_machine, require_within, scopes_of
from kassa.platform import clock


def create_key_for_person(
    person: Person, by: Actor, scopes: Iterable[Scope] | None = None, days: int = 1
) -> tuple[str, ApiKey]:
    """Create a person's key, for all that their roles allow unless it is to do less.

    Returns it as its owner keeps it, and as it is stored. Raises InvalidRequest where it could do
    more than their roles, Conflict where they are disabled.
    """
    requested = frozenset(scopes or scopes_of(person.roles))
    require_within(requested, person)
    if not person.is_active:
        raise Conflict(f"{person.person_id} is disabled: none of their keys would open anything")
    return _create("", requested, days, by, person.person_id)


def create_key_for_system(
    name: str, by: Actor, scopes: Iterable[Scope] | None = None, days: int = 1
) -> tuple[str, ApiKey]:
    """Create a machine's key, for all reading unless it is to do otherwise.

    Returns it as its owner keeps it, and as it is stored. Raises InvalidRequest where it could do
    what only persons do, or has no name to know it by.
    """
    name = name.strip()
    if not (1 <= len(name) <= NAME_MAX and name.isprintable()):
        raise InvalidRequest(f"system: a name of 1 to {NAME_MAX} characters that can be printed")
    requested = frozenset(scopes or READING)
    require_for_machine(requested)
    return _create(name, requested, days, by)


def _create(
    name: str, scopes: frozenset[Scope], days: int, by: Actor, person_id: str | None = None
) -> tuple[str, ApiKey]:
    token, now = Token(secrets.token_hex(8), secrets.token_hex(32)), clock.now()
    key = ApiKey(
        key_id=token.key_id,
        name=name,
        person_id=person_id,
        scopes=scopes,
        secret_sha256=hashed(token.secret),
        created_at=now,
        expires_at=now.replace(microsecond=0) + timedelta(days=days),
    )
    ApiKeys().add(key, by)
    return spell(token), key
