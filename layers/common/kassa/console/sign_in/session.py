"""A session of somebody who works here."""

from kassa.http_api import session


class StaffSession(session.Session):
    """Whose a session is, by id alone: what they may do is read anew at every request."""

    person_id: str
    language: str | None = None  # BCP 47; none until they chose one
