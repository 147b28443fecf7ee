"""A link that lets one person into the console, once and soon."""

from datetime import datetime, timedelta

from kassa.core.model import Instant, Model

VALID_FOR = timedelta(minutes=10)
OPEN = "/console/open/"  # what its address ends with, before the token


class SignInLink(Model):
    """What is kept of a link; its token is known by its digest alone."""

    person_id: str
    issued_at: Instant
    redeemed_at: Instant | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still lets its person in."""
        return self.redeemed_at is None and now - self.issued_at < VALID_FOR
