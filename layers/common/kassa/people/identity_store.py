"""Staff's addresses and identities in the table; both agree, or nobody gets in by them."""

from datetime import datetime
from typing import Any

from kassa.core import stored
from kassa.people import keys
from kassa.people.identities import (
    StaffAddress,
    StaffIdentity,
    address_digest,
    identity_digest,
)
from kassa.platform import table
from kassa.platform.settings import settings

Write = dict[str, Any]


def find_identity(issuer: str, subject: str) -> StaffIdentity | None:
    """Return an identity as it was bound; none for one that never was."""
    item = table.get(keys.staff_identity(identity_digest(issuer, subject)))
    return stored.read_fields(StaffIdentity, item) if item else None


def find_address(digest: str) -> StaffAddress | None:
    """Return an address by its digest; none for one that nobody was given."""
    item = table.get(keys.staff_address(digest))
    return stored.read_fields(StaffAddress, item) if item else None


def leads_to(identity: StaffIdentity) -> str | None:
    """Return whom an identity still leads to: its address may be another's, or be given anew."""
    found = find_address(identity.address)
    digest = identity_digest(identity.issuer, identity.subject)
    agrees = found and found.released_at is None and found.bound_to == digest
    return found.person_id if found and agrees else None


def is_others(spelled: str | None, person_id: str) -> bool:
    """Tell whether an address is another person's."""
    found = find_address(address_digest(spelled)) if spelled else None
    is_one = found is not None and found.released_at is None
    return found is not None and is_one and found.person_id != person_id


def giving(person_id: str, spelled: str, now: datetime) -> Write:
    """Return the write that gives a person an address, free to be bound; nobody else may have it.

    Given to the same person again, it lets another identity in, and the one before no more.
    """
    update = table.setting(
        keys.staff_address(address_digest(spelled)),
        {"person_id": person_id, "given_at": now.isoformat()},
        removes=("bound_to", "released_at"),
        ConditionExpression="attribute_not_exists(PK) OR #person_id = :person_id"
        " OR attribute_exists(#released_at)",
    )
    return _update(update)


def releasing(person_id: str, spelled: str, now: datetime) -> Write:
    """Return the write that takes an address from a person."""
    update = table.setting(
        keys.staff_address(address_digest(spelled)),
        {"released_at": now.isoformat()},
        ConditionExpression="person_id = :person_id",
        values={":person_id": person_id},
    )
    return _update(update)


def binding(identity: StaffIdentity, before: StaffIdentity | None) -> list[Write]:
    """Return the writes that bind an identity by its address, if nobody was bound meanwhile."""
    digest = identity_digest(identity.issuer, identity.subject)
    bound = table.setting(
        keys.staff_address(identity.address),
        {"bound_to": digest},
        ConditionExpression="person_id = :person_id AND attribute_not_exists(#bound_to)"
        " AND attribute_not_exists(released_at)",
        values={":person_id": identity.person_id},
    )
    seen = "attribute_not_exists(PK)" if before is None else "#address = :before"
    kept = table.setting(
        keys.staff_identity(digest),
        stored.plain(identity),
        ConditionExpression=seen,
        values={":before": before.address} if before else {},
    )
    return [_update(bound), _update(kept)]


def _update(arguments: dict[str, Any]) -> Write:
    return {"Update": {"TableName": settings().table_name, **arguments}}
