"""Admit whom an issuer vouches for: the person bound to them, or the one whose address they have.

The first time, the identity is bound in the transaction that begins the session; from then on the
subject alone counts, whatever address the issuer names.
"""

from botocore.exceptions import ClientError

from kassa.console.sign_in.begin_session import begin_session
from kassa.console.sign_in.oidc.id_token import Vouched
from kassa.console.sign_in.oidc.refusals import SignInRefused
from kassa.console.sign_in.session import StaffSession
from kassa.core.errors import InvalidRequest
from kassa.people.identities import StaffIdentity, address, address_digest
from kassa.people.identity_store import binding, find_address, find_identity, leads_to
from kassa.people.persons import Person
from kassa.people.store import Persons
from kassa.platform import clock, table
from kassa.platform.telemetry import logger

TAKEN = "address_taken"
UNKNOWN = "unknown_person"


def admit_person(found: Vouched, source_ip: str) -> str:
    """Return the token of a session for whom an issuer vouches; raise SignInRefused."""
    try:
        return _admitted(found, source_ip)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        logger.info("bound at the same instant: looked at once more")
    try:
        return _admitted(found, source_ip)
    except ClientError as error:
        if table.is_cancelled(error):
            raise SignInRefused(TAKEN) from error
        raise


def _admitted(found: Vouched, source_ip: str) -> str:
    before = find_identity(found.issuer, found.subject)
    bound = leads_to(before) if before else None
    if bound:
        return begin_session(_session(_active(bound), found), source_ip)
    identity = _to_bind(found)
    session = _session(_active(identity.person_id), found)
    return begin_session(session, source_ip, binding(identity, before))


def _to_bind(found: Vouched) -> StaffIdentity:
    """Return the identity to be bound by its address, which must be verified and free."""
    if not found.email:
        raise SignInRefused("no_address")
    if not found.is_verified:
        raise SignInRefused("address_unverified")
    try:
        digest = address_digest(address(found.email))
    except InvalidRequest:
        raise SignInRefused(UNKNOWN) from None
    given = find_address(digest)
    if given is None or given.released_at is not None:
        raise SignInRefused(UNKNOWN)
    if not given.is_free:
        raise SignInRefused(TAKEN)
    return StaffIdentity(
        person_id=given.person_id,
        address=digest,
        issuer=found.issuer,
        subject=found.subject,
        bound_at=clock.now(),
    )


def _active(person_id: str) -> Person:
    person = Persons().find(person_id)
    if person is None:
        raise SignInRefused(UNKNOWN)
    if not person.is_active:
        raise SignInRefused("disabled_person")
    return person


def _session(person: Person, found: Vouched) -> StaffSession:
    now = clock.now()
    return StaffSession(
        person_id=person.person_id,
        begun_at=now,
        seen_at=now,
        identity=found.identity,
        authenticated_at=found.authenticated_at,
    )
