"""Check whose a session is, and what they may do now: what stands before every screen."""

from typing import NamedTuple

from kassa.console.sign_in.session import StaffSession
from kassa.console.sign_in.session_store import SESSIONS
from kassa.core.callers import Caller
from kassa.people.persons import Person, scopes_of
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.settings import settings

CONSOLE = "console"  # stands where others name their API key; no key's id is spelled like it


class SignedIn(NamedTuple):
    """Somebody in the console, and the token of their session."""

    person: Person
    session: StaffSession
    token: str

    @property
    def caller(self) -> Caller:
        """Return who acts, as operations know it."""
        return Caller(
            key_id=CONSOLE,
            person_id=self.person.person_id,
            scopes=scopes_of(self.person.roles),
            is_sole=self.person.is_sole,
            fresh_until=self.session.fresh_until,
        )


def check_session(token: str) -> SignedIn | None:
    """Return who is in, and count that they are here; None where nobody is, or may be any more."""
    now, merchant_id = clock.now(), settings().merchant_id
    session = SESSIONS.find(merchant_id, token)
    if session is None or not session.is_open(now):
        return None
    person = Persons().find(session.person_id)
    if person is None or not person.is_active:
        return None
    SESSIONS.touch(merchant_id, token, session, now)
    return SignedIn(person, session, token)
