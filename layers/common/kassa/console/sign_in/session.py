"""A session of somebody who works here."""

from datetime import datetime, timedelta

from kassa.core.model import Instant
from kassa.http_api import session

FRESH_FOR = timedelta(minutes=5)  # so long does a sign-in allow what needs a fresh one


class StaffSession(session.Session):
    """Whose a session is, by id alone: what they may do is read anew at every request."""

    person_id: str
    language: str | None = None  # BCP 47; none until they chose one
    identity: str | None = None  # issuer and subject; none by a link
    authenticated_at: Instant | None = None  # when they proved who they are; none: nobody says

    @property
    def fresh_until(self) -> datetime:
        """Return until when it allows what needs a fresh sign-in."""
        if self.authenticated_at is None:
            return self.begun_at
        return self.authenticated_at + FRESH_FOR
