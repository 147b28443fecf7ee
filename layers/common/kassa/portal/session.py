"""A customer's session: whom its address reached when it began, and which of them it still does."""

from datetime import datetime

from kassa.core.model import Model
from kassa.http_api import session


class Holder(Model):
    """A customer whose session it is, and how often they had been forgotten when it began."""

    customer_id: str
    erasures: int


class Session(session.Session):
    """A session of the customers whom an address reached."""

    address_digest: str  # of the address that was signed in with
    holders: tuple[Holder, ...]  # all whom it reached then


def begun(address_digest: str, holders: tuple[Holder, ...], now: datetime) -> Session:
    """Return a new session of the customers whom an address reaches."""
    return Session(address_digest=address_digest, holders=holders, begun_at=now, seen_at=now)


def holding(session: Session, reached: dict[str, int]) -> tuple[str, ...]:
    """Return whose a session is by now, of whom its address reaches and how often each was erased.

    Who was forgotten since it began isn't among them, even if they came back.
    """
    still = (one for one in session.holders if reached.get(one.customer_id) == one.erasures)
    return tuple(one.customer_id for one in still)
