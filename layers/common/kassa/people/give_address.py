"""Give a person the mail address by which they sign in first, in the place of any before.

Given once more, the same address lets another account of the issuer in, and the one before no more.
"""

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.errors import Conflict, StaleWrite
from kassa.people.identities import address, address_digest
from kassa.people.identity_store import giving, is_others, releasing
from kassa.people.persons import Person
from kassa.people.store import Persons
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings


def give_address(person_id: str, email: str, by: Actor) -> Person:
    """Give a person an address; raise InvalidRequest, NotFound or Conflict where that can't be."""
    person, spelled, now = Persons().named(person_id), address(email.strip()), clock.now()
    if not person.is_active:
        raise Conflict(f"{person_id} is disabled: nobody signs in as them")
    writes = [_kept(person, spelled), giving(person_id, spelled, now)]
    if person.email not in (None, spelled):
        writes.append(releasing(person_id, str(person.email), now))
    act = Act(
        operation="person.address",
        object_id=f"person/{person_id}",
        by=by,
        after=f"address sha256:{address_digest(spelled)[:16]}",
    )
    try:
        audit_trail.transact(writes, act)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        if is_others(spelled, person_id):
            raise Conflict("email: another person has this address") from error
        raise StaleWrite("the person was changed at the same instant: do it again") from error
    return person.model_copy(update={"email": spelled})


def _kept(person: Person, spelled: str) -> dict[str, object]:
    is_as_read = "#email = :before" if person.email else "attribute_not_exists(#email)"
    update = table.setting(
        keys.person(person.person_id),
        {"email": spelled},
        ConditionExpression=f"attribute_not_exists(disabled_at) AND {is_as_read}",
        values={":before": person.email} if person.email else {},
    )
    return {"Update": {"TableName": settings().table_name, **update}}
