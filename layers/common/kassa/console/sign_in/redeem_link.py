"""Redeem a sign-in link: once, for a session of its person, in one transaction with its act.

Whatever is wrong with a link is answered alike.
"""

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.console.sign_in import link_store
from kassa.console.sign_in.session import StaffSession
from kassa.console.sign_in.session_store import SESSIONS
from kassa.http_api.session_store import new_token
from kassa.people.store import Persons
from kassa.platform import clock, table
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def redeem_link(token: str) -> str | None:
    """Return the token of a new session; None where the link lets nobody in.

    Raises StaleWrite where others kept writing to the audit trail.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    link = link_store.find(merchant_id, token)
    person = Persons().find(link.person_id) if link and link.is_open(now) else None
    if person is None or not person.is_active:
        logger.warning("sign-in link refused")
        return None
    session_token = new_token()
    session = StaffSession(person_id=person.person_id, begun_at=now, seen_at=now)
    writes = [
        link_store.redeeming(merchant_id, token, now),
        SESSIONS.beginning(merchant_id, session_token, session),
    ]
    by = Actor(person_id=person.person_id)
    act = Act(operation="console.sign_in", object_id=f"person/{person.person_id}", by=by)
    try:
        audit_trail.transact(writes, act)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        logger.warning("sign-in link refused", reason="redeemed just now")
        return None
    logger.info("person signed in", person_id=person.person_id)
    return session_token
