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

    def add(self, person: Person, by: Actor, together: Iterable[dict[str, Any]] = ()) -> None:
        """Keep a new person, in one transaction with other writes.

        Raises InvalidRequest where their roles must be two people's, Conflict where a sole person
        would work beside another.
        """
        require_apart(person)
        own = [{"Put": table.putting(_item(person))}, *together]
        try:
            _write(own, _registered(person), _act("person.create", person, by))
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
            _write([{"Update": update}], _left(person), _act("person.disable", person, by))
        except _Refused:  # another disabled them meanwhile
            return self.named(person_id)
        return person.model_copy(update={"disabled_at": now})

    def change_roles(
        self, person_id: str, roles: frozenset[Role], by: Actor, leave_none: bool = False
    ) -> Person:
        """Let somebody work as something else, from the next request of any of their keys on.

        Raises InvalidRequest where the roles must be two people's, Conflict where the person is
        disabled or would leave nobody who approves without `leave_none`, StaleWrite where they, or
        who would have stayed, were changed at the same instant.
        """
        person = self.named(person_id)
        after = person.model_copy(update={"roles": roles})
        require_apart(after)
        if not person.is_active:
            raise Conflict(f"{person_id} is disabled for good: create another person")
        if roles == person.roles:
            return person
        actions = [{"Update": _roles_update(person, after)}]
        if may_approve(person) and not may_approve(after) and not leave_none:
            stays = self._other_approver(person)
            actions.append({"ConditionCheck": self.held_to_approve(stays.person_id)})
        try:
            audit_trail.transact(actions, _role_act(person, after, by))
        except ClientError as error:
            if not table.is_cancelled(error):
                raise
            raise StaleWrite("a person was changed at the same instant: do it again") from error
        return after

    def _other_approver(self, person: Person) -> Person:
        """Return another person who may approve; raise Conflict where nobody else may."""
        others = (one for one in self.listed() if one.person_id != person.person_id)
        stays = next(filter(may_approve, others), None)
        if stays is None:
            raise Conflict(
                f"nobody but {person.person_id} approves refunds: let somebody else do so first, or"
                " say --leave-no-approver"
            )
        return stays


class _Refused(Exception):
    """The person or the register isn't as a change needs it."""


_BESIDE_SOLE = {
    True: "a sole person can only be created while nobody else is active: 'kassa persons disable'",
    False: "there is a sole person, who needs nobody beside them: disable that one first, and"
    " create a person for each who works here",
}


def _act(operation: str, person: Person, by: Actor) -> Act:
    """Return what the audit trail keeps of a person: what they work as, never their name."""
    return Act(
        operation=operation,
        object_id=f"person/{person.person_id}",
        by=by,
        after=_works_as(person) if operation == "person.create" else None,
    )


def _role_act(before: Person, after: Person, by: Actor) -> Act:
    act = _act("person.roles", after, by)
    return act.model_copy(update={"before": _works_as(before), "after": _works_as(after)})


def _works_as(person: Person) -> str:
    return " ".join(sorted([*person.roles, *(["sole"] if person.is_sole else [])]))


def _roles_update(before: Person, after: Person) -> dict[str, Any]:
    """Return the update of an active person's roles, if they still are what was read.

    What another release calls a role stays as it is.
    """
    item = table.get(keys.person(before.person_id)) or {}
    others = set(item.get("roles", ())) - set(Role)
    values = {":before": _stored(before) | others, ":after": _stored(after) | others}
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.person(before.person_id)),
        "UpdateExpression": "SET #roles = :after",
        "ConditionExpression": "attribute_not_exists(disabled_at) AND #roles = :before",
        "ExpressionAttributeNames": {"#roles": "roles"},
        "ExpressionAttributeValues": table.typed(values),
    }


def _stored(person: Person) -> set[str]:
    return {str(role) for role in person.roles}


def _write(own: list[dict[str, Any]], register: dict[str, Any], act: Act) -> None:
    try:
        audit_trail.transact([*own, {"Update": register}], act)
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
        "roles": _stored(person),
        "is_sole": person.is_sole,
        "created_at": created_at,
        **({"email": person.email} if person.email else {}),
    }


def _person(item: Item) -> Person:
    known = {name: item[name] for name in Person.model_fields if name in item}
    roles = {role for role in item["roles"] if role in set(Role)}  # another release may have more
    return Person.model_validate(known | {"roles": roles})
