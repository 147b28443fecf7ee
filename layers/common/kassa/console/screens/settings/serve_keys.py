"""API keys: whose they are, what they may do and until when; a new one is shown this once."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages import settings as settings_page
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, fresh_sign_in_url, time_zone, visit_of
from kassa.core.callers import Scope
from kassa.core.errors import InvalidRequest
from kassa.people.api_key_store import ApiKeys
from kassa.people.issue_key import DAYS_MAX, grantable, issue_key, revoke_key
from kassa.people.store import Persons
from kassa.platform import clock

routes = Router()  # type: ignore[no-untyped-call]
HERE = "/console/settings/keys"


@routes.get(HERE)
def get_keys() -> Response[str]:
    """Show the keys that there are, the newest first, and let one be made."""
    return _page(visit_of(routes))


@routes.post(f"{HERE}/create")
def post_key() -> Response[str]:
    """Make a key, and show it this once."""
    visit = visit_of(routes)
    caller, form = visit.signed_in.caller, visit.form
    days = form.get("days", "")
    if not (days.isascii() and days.isdecimal()):
        raise InvalidRequest(f"days: a whole number from 1 to {DAYS_MAX}")
    chosen = frozenset(one for one in Scope if form.get(f"scope_{one}") == "yes")
    is_own = form.get("whose") == "own"
    scopes, system = (caller.scopes, None) if is_own else (chosen, form.get("system", ""))
    spelled, key = issue_key(caller, system, scopes, int(days[:5]))
    return _page(visit, made=spelled, made_id=key.key_id)


@routes.post(f"{HERE}/<key_id>/revoke")
def post_revoke(key_id: str) -> Response[str]:
    """Close a key for good."""
    revoke_key(visit_of(routes).signed_in.caller, key_id)
    return redirect(HERE)


def _page(visit: Visit, made: str = "", made_id: str = "") -> Response[str]:
    now, caller = clock.now(), visit.signed_in.caller
    names = {one.person_id: one.name for one in Persons().listed()}
    keys = [
        settings_page.key(one, names, (now, time_zone()), visit.texts)
        for one in reversed(ApiKeys().listed())
    ]
    shown: dict[str, Any] = {
        "keys": keys,
        "own": sorted(caller.scopes),
        "systems": sorted(grantable(caller)),
        "days_max": DAYS_MAX,
        "is_fresh": visit.is_fresh(now),
        "sign_in": fresh_sign_in_url(HERE),
        "made": made,
        "made_id": made_id,
    }
    return page(visit, "api_keys.html", "settings", **shown)
