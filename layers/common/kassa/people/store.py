"""Persons in the table: found by id, listed by age, disabled but never deleted.

Beside them stands one register, how many are active and which one is sole. Every change of a person
goes with it in one transaction, so that a sole person never works beside another.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.errors import Conflict, NotFound, StaleWrite
from kassa.people.persons import APPROVING, Person, Role, may_approve, require_apart
from kassa.platform import keys, table
from kassa.platform.settings import settings
from kassa.platform.table import Item


class Persons:
    """The table's persons."""

    def add(self, person: Person, by: Actor) -> None:
        """Keep a new person.

        Raises InvalidRequest where their roles must be two people's, Conflict where a sole person
        would work beside another.
        """
        require_apart(person)
        put = {
            "TableName": settings().table_name,
            "Item": table.typed(_item(person)),
            "ConditionExpression": "attribute_not_exists(PK)",
        }
        try:
            _write({"Put": put}, _registered(person), _act("person.create", person, by))
        except _Refused as refused:
            raise Conflict(_BESIDE_SOLE[person.is_sole]) from refused

    def find(self, person_id: str) -> Person | None:
        """Return a person, or none; read consistently, so that a disabled one is out at once."""
        item = table.get(keys.person(person_id))
        return _person(item) if item else None

    def named(self, person_id: str) -> Person:
        """Return a person; raise NotFound for an id nobody has."""
        person = self.find(person_id)
        if person is None:
            raise NotFound(f"there is no person {person_id}: 'kassa persons list'")
        return person

    def approvers(self, person_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these may approve refunds now; an id that nobody has may not."""
        return frozenset(one for one in person_ids if may_approve(self.find(one)))

    def held_to_approve(self, person_id: str) -> dict[str, Any]:
        """Return the check that somebody may approve refunds at the instant of a transaction."""
        values = {f":role{n}": role for n, role in enumerate(sorted(APPROVING))}
        has_role = " OR ".join(f"contains(#roles, {name})" for name in values)
        return {
            "TableName": settings().table_name,
            "Key": table.key(keys.person(person_id)),
            "ConditionExpression": f"attribute_not_exists(disabled_at) AND ({has_role})",
            "ExpressionAttributeNames": {"#roles": "roles"},
            "ExpressionAttributeValues": table.typed(values),
        }

    def listed(self) -> list[Person]:
        """Return the first hundred persons, oldest first."""
        return [_person(item) for item in table.oldest(keys.PERSONS)]

    def disable(self, person_id: str, now: datetime, by: Actor) -> Person:
        """Close all that a person's keys open, for good; doing it again keeps the first time."""
        person = self.named(person_id)
        if not person.is_active:
            return person
        update = {
            "TableName": settings().table_name,
            "Key": table.key(keys.person(person_id)),
            "UpdateExpression": "SET disabled_at = :now",
            "ConditionExpression": "attribute_not_exists(disabled_at)",
            "ExpressionAttributeValues": table.typed({":now": now.isoformat()}),
        }
        try:
            _write({"Update": update}, _left(person), _act("person.disable", person, by))
        except _Refused:  # another disabled them meanwhile
            return self.named(person_id)
        return person.model_copy(update={"disabled_at": now})


class _Refused(Exception):
    """The person or the register isn't as a change needs it."""


_BESIDE_SOLE = {
    True: "a sole person can only be created while nobody else is active: 'kassa persons disable'",
    False: "there is a sole person, who needs nobody beside them: disable that one first, and"
    " create a person for each who works here",
}


def _act(operation: str, person: Person, by: Actor) -> Act:
    """Return what the audit trail keeps of a person: what they work as, never their name."""
    roles = sorted([*person.roles, *(["sole"] if person.is_sole else [])])
    return Act(
        operation=operation,
        object_id=f"person/{person.person_id}",
        by=by,
        after=" ".join(roles) if operation == "person.create" else None,
    )


def _write(person: dict[str, Any], register: dict[str, Any], act: Act) -> None:
    try:
        audit_trail.transact([person, {"Update": register}], act)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        if "ConditionalCheckFailed" in table.reasons(error):
            raise _Refused from error
        raise StaleWrite("another person was written at the same instant: do it again") from error


def _registered(person: Person) -> dict[str, Any]:
    """Count one more, where no sole person is among them; a sole one has to be the first."""
    if not person.is_sole:
        return _register("ADD active :one", "attribute_not_exists(sole_person_id)", {":one": 1})
    return _register(
        "SET sole_person_id = :sole ADD active :one",
        "attribute_not_exists(active) OR active = :none",
        {":one": 1, ":none": 0, ":sole": person.person_id},
    )


def _left(person: Person) -> dict[str, Any]:
    removed = " REMOVE sole_person_id" if person.is_sole else ""
    return _register(f"ADD active :less{removed}", "active > :none", {":less": -1, ":none": 0})


def _register(update: str, condition: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.PERSONS_REGISTER),
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": table.typed(values),
    }


def _item(person: Person) -> Item:
    created_at = person.created_at.isoformat()
    return {
        **keys.person(person.person_id)._asdict(),
        "GSI1PK": keys.PERSONS,
        "GSI1SK": keys.listed(created_at, person.person_id),
        "person_id": person.person_id,
        "name": person.name,
        "roles": {str(role) for role in person.roles},
        "is_sole": person.is_sole,
        "created_at": created_at,
    }


def _person(item: Item) -> Person:
    known = {name: item[name] for name in Person.model_fields if name in item}
    roles = {role for role in item["roles"] if role in set(Role)}  # another release may have more
    return Person.model_validate(known | {"roles": roles})
