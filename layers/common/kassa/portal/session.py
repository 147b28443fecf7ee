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

    holders: tuple[Holder, ...]  # all whom the address reaches that was signed in with
    begun_at: Instant
    seen_at: Instant
    ended_at: Instant | None = None

    @property
    def ends_at(self) -> datetime:
        """Return when it is over at the latest."""
        return self.begun_at + LASTS_MAX

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still lets its customers in, as long as they aren't forgotten."""
        is_young = now < self.ends_at and now - self.seen_at < IDLE_MAX
        return self.ended_at is None and is_young


def begun(holders: tuple[Holder, ...], now: datetime) -> Session:
    """Return a new session of some customers."""
    return Session(holders=holders, begun_at=now, seen_at=now)


def holding(session: Session, erasures: dict[str, int]) -> tuple[str, ...]:
    """Return whose a session is by now: who was forgotten since it began isn't among them."""
    still = (one for one in session.holders if erasures[one.customer_id] == one.erasures)
    return tuple(one.customer_id for one in still)
