"""Check whose a session is: what stands before everything that a customer does in the portal."""

from datetime import datetime
from typing import NamedTuple

from kassa.customers.store import Customers
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.portal.session import holding
from kassa.portal.session_store import SESSIONS


class SignedInCustomer(NamedTuple):
    """Whose a session is: whom its address reached when it began, and still does."""

    customer_ids: tuple[str, ...]
    ends_at: datetime


def check_session(token: str) -> SignedInCustomer | None:
    """Return whose a session is, and count that they are here; None where none is open."""
    now, merchant_id = clock.now(), settings().merchant_id
    session = SESSIONS.find(merchant_id, token)
    if session is None or not session.is_open(now):
        return None
    began = (one.customer_id for one in session.holders)
    reached = Customers(merchant_id).reached_of(began, session.address_digest)
    still = holding(session, {one.customer_id: one.erasures for one in reached})
    if not still:
        return None
    SESSIONS.touch(merchant_id, token, session, now)
    return SignedInCustomer(still, session.ends_at)
