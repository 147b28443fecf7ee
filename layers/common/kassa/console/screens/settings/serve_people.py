"""People: who works here, as what, by which address they sign in; only others change it for one."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages import settings as settings_page
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, fresh_sign_in_url, time_zone, visit_of
from kassa.core.errors import InvalidRequest, NotFound
from kassa.people.admit_person import admit_person, change_address, change_roles, disable_person
from kassa.people.persons import Person, Role
from kassa.people.store import Persons
from kassa.platform import clock

routes = Router()  # type: ignore[no-untyped-call]
HERE = "/console/settings/people"


@routes.get(HERE)
def get_people() -> Response[str]:
    """Show everybody who works here or did, and let somebody in."""
    visit = visit_of(routes)
    people = [_shown(one, visit) for one in Persons().listed()]
    people.sort(key=lambda one: not one["is_active"])
    return _page(visit, "people.html", people=people, roles=[*Role])


@routes.post(f"{HERE}/create")
def post_person() -> Response[str]:
    """Let somebody in."""
    visit = visit_of(routes)
    form = visit.form
    email = form.get("email", "").strip() or None
    made = admit_person(visit.signed_in.caller, form.get("name", ""), _roles(visit), email)
    return redirect(f"{HERE}/{made.person_id}")


@routes.get(f"{HERE}/<person_id>")
def get_person(person_id: str) -> Response[str]:
    """Show somebody, and what can be changed of them."""
    visit, found = visit_of(routes), Persons().named(person_id)
    return _page(visit, "person.html", one=_shown(found, visit), roles=[*Role])


@routes.post(f"{HERE}/<person_id>/<action>")
def post_act(person_id: str, action: str) -> Response[str]:
    """Change what somebody works as or signs in by, or close them out."""
    visit = visit_of(routes)
    caller = visit.signed_in.caller
    if action == "roles":
        change_roles(caller, person_id, _roles(visit))
    elif action == "address":
        change_address(caller, person_id, visit.form.get("email", ""))
    elif action == "disable":
        disable_person(caller, person_id)
    else:
        raise NotFound(f"nobody can {action[:40]} a person here")
    return redirect(f"{HERE}/{person_id}")


def _roles(visit: Visit) -> frozenset[Role]:
    chosen = frozenset(one for one in Role if visit.form.get(f"role_{one}") == "yes")
    if not chosen:
        raise InvalidRequest("roles: choose one at least")
    return chosen


def _shown(one: Person, visit: Visit) -> dict[str, object]:
    return settings_page.person(one, visit.signed_in.person.person_id, visit.texts, time_zone())


def _page(visit: Visit, template: str, **shown: Any) -> Response[str]:
    is_fresh, again = visit.is_fresh(clock.now()), fresh_sign_in_url(HERE)
    return page(visit, template, "settings", is_fresh=is_fresh, sign_in=again, **shown)
