"""Redeem a sign-in link: once, for a session of its person, in one transaction with its act.

Whatever is wrong with a link is answered alike.
"""

from botocore.exceptions import ClientError

from kassa.console.sign_in import link_store
from kassa.console.sign_in.begin_session import begin_session
from kassa.console.sign_in.session import StaffSession
from kassa.people.store import Persons
from kassa.platform import clock, table
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def redeem_link(token: str, source_ip: str) -> str | None:
    """Return the token of a new session; None where the link lets nobody in.

    Who opens it counts as having proved just now who they are. Raises StaleWrite where others kept
    writing to the audit trail.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    link = link_store.find(merchant_id, token)
    person = Persons().find(link.person_id) if link and link.is_open(now) else None
    if person is None or not person.is_active:
        logger.warning("sign-in link refused")
        return None
    session = StaffSession(
        person_id=person.person_id, begun_at=now, seen_at=now, authenticated_at=now
    )
    try:
        return begin_session(session, source_ip, [link_store.redeeming(merchant_id, token, now)])
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        logger.warning("sign-in link refused", reason="redeemed just now")
        return None
