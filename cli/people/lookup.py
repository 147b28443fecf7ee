"""Who is meant by the beginning of an id, and who acted: a person's name where one is known."""

import re

from rich.markup import escape

from cli.ids import the_one
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import ApiKey
from kassa.people.persons import Person
from kassa.people.store import Persons

_PERSON = re.compile(r"person_[0-9a-f]{12}")
_KEY = re.compile(r"[0-9a-f]{16}")


def person(begins: str) -> Person:
    """Return a person by the beginning of their id; raise NotFound, InvalidRequest for several."""
    if not _PERSON.fullmatch(begins):
        known = [one.person_id for one in Persons().listed() if one.person_id.startswith(begins)]
        begins = the_one(begins, known) or begins
    return Persons().named(begins)


def key_id(begins: str) -> str:
    """Return the id of the key that was meant; one that nobody has stays, to be refused."""
    known = [key.key_id for key in ApiKeys().listed() if key.key_id.startswith(begins)]
    return the_one(begins, known) or begins


def who(actor_id: str) -> str:
    """Say who acted, for a terminal: persons and machines by name and id, others by id."""
    found: Person | ApiKey | None = None
    if _PERSON.fullmatch(actor_id):
        found = Persons().find(actor_id)
    elif _KEY.fullmatch(actor_id):
        found = ApiKeys().find(actor_id)
    return escape(f"{found.name} ({actor_id})" if found and found.name else actor_id)
