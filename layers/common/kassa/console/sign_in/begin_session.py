"""Begin a session, in one transaction with its act and with what lets somebody in."""

from collections.abc import Iterable
from typing import Any

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.console.sign_in.session import StaffSession
from kassa.console.sign_in.session_store import SESSIONS
from kassa.http_api.session_store import new_token
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def begin_session(
    session: StaffSession, source_ip: str, together: Iterable[dict[str, Any]] = ()
) -> str:
    """Return the token of a new session, which nobody had before.

    Raises StaleWrite where others kept writing to the audit trail, and ClientError where one of
    the writes beside it didn't hold.
    """
    token = new_token()
    act = Act(
        operation="console.sign_in",
        object_id=f"person/{session.person_id}",
        by=Actor(person_id=session.person_id),
        identity=session.identity,
        source_ip=source_ip,
    )
    writes = [*together, SESSIONS.beginning(settings().merchant_id, token, session)]
    audit_trail.transact(writes, act)
    logger.info("person signed in", person_id=session.person_id)
    return token
