"""End a session at once, for everybody who has its cookie, and note who left."""

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.console.sign_in.check_session import SignedIn
from kassa.console.sign_in.session_store import SESSIONS
from kassa.platform import clock, table
from kassa.platform.settings import settings


def end_session(signed_in: SignedIn, source_ip: str) -> None:
    """End the session of somebody who signs out; ended meanwhile, it stays so, and is no act."""
    person_id = signed_in.person.person_id
    act = Act(
        operation="console.sign_out",
        object_id=f"person/{person_id}",
        by=Actor(person_id=person_id),
        identity=signed_in.session.identity,
        source_ip=source_ip,
    )
    ending = SESSIONS.ending(settings().merchant_id, signed_in.token, clock.now())
    try:
        audit_trail.transact([ending], act)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
