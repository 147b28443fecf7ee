"""A session: whoever signed in, until they leave, are idle, or half a day is over."""

from datetime import datetime, timedelta

from kassa.core.model import Instant, Model

IDLE_MAX = timedelta(minutes=30)
LASTS_MAX = timedelta(hours=12)


class Session(Model):
    """What is kept of every session, beside whose it is; its token is known by its digest alone."""

    begun_at: Instant
    seen_at: Instant
    ended_at: Instant | None = None

    @property
    def ends_at(self) -> datetime:
        """Return when it is over at the latest."""
        return self.begun_at + LASTS_MAX

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still lets in whose it is."""
        is_young = now < self.ends_at and now - self.seen_at < IDLE_MAX
        return self.ended_at is None and is_young
