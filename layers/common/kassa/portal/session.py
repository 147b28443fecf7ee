"""A session: whom a signed-in customer is, until they leave, are idle, or half a day is over."""

from datetime import datetime, timedelta

from kassa.core.model import Instant, Model

IDLE_MAX = timedelta(minutes=30)
LASTS_MAX = timedelta(hours=12)


class Holder(Model):
    """A customer whose session it is, and how often they had been forgotten when it began."""

    customer_id: str
    erasures: int


class Session(Model):
    """What is kept of a session; its token is known by its digest alone."""

    address_digest: str  # of the address that was signed in with
    holders: tuple[Holder, ...]  # all whom it reached then
    begun_at: Instant
    seen_at: Instant
    ended_at: Instant | None = None

    @property
    def ends_at(self) -> datetime:
        """Return when it is over at the latest."""
        return self.begun_at + LASTS_MAX

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still lets its customers in, as far as it still is theirs."""
        is_young = now < self.ends_at and now - self.seen_at < IDLE_MAX
        return self.ended_at is None and is_young


def begun(address_digest: str, holders: tuple[Holder, ...], now: datetime) -> Session:
    """Return a new session of the customers whom an address reaches."""
    return Session(address_digest=address_digest, holders=holders, begun_at=now, seen_at=now)


def holding(session: Session, reached: dict[str, int]) -> tuple[str, ...]:
    """Return whose a session is by now, of whom its address reaches and how often each was erased.

    Who was forgotten since it began isn't among them, even if they came back.
    """
    still = (one for one in session.holders if reached.get(one.customer_id) == one.erasures)
    return tuple(one.customer_id for one in still)
