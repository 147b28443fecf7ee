"""Issue a link by which one person gets into the console: an operator's act, noted as such."""

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.console.sign_in import link_store
from kassa.console.sign_in.link import SignInLink
from kassa.core.errors import Conflict
from kassa.http_api.session_store import new_token
from kassa.people.persons import Person
from kassa.platform import clock
from kassa.platform.settings import settings


def issue_link(person: Person, by: Actor) -> str:
    """Return the token of a new link, which is shown this once.

    Raises Conflict where the person is disabled.
    """
    if not person.is_active:
        raise Conflict(f"{person.person_id} is disabled: nobody signs in as them")
    token = new_token()
    link = SignInLink(person_id=person.person_id, issued_at=clock.now())
    act = Act(operation="console.link", object_id=f"person/{person.person_id}", by=by)
    audit_trail.transact([link_store.issuing(settings().merchant_id, token, link)], act)
    return token
