"""Rules: those that rule as tables, and changing them: write, check, try, save.

What somebody writes is kept as a draft at every step, mistakes and all. Whether it can be saved,
and by whom, is decided by the operation of its kind alone.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.drafts import draft_store
from kassa.console.drafts.draft import Draft
from kassa.console.pages.rules import shown as rules_page
from kassa.console.pages.rules.kind import Kind, Saver, Trying
from kassa.console.pages.rules.rows import pressed
from kassa.console.render import page, redirect
from kassa.console.screens.rules import (
    serve_refund_policy,
    serve_reminder_policy,
    serve_routes,
)
from kassa.console.visit import Visit, fresh_sign_in_url, time_zone, visit_of
from kassa.core.errors import Conflict, InvalidRequest, NotFound
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
KINDS: dict[str, Kind] = {
    one.KIND.name: one.KIND for one in (serve_refund_policy, serve_routes, serve_reminder_policy)
}
HERE = "/console/rules"
WRITE = f"{HERE}/<kind>/<person_id>/<action>"
NO_FIELDS = ("form_token", "over_version")  # which the page says, not its writer


@routes.get(HERE)
def get_all() -> Response[str]:
    """Show which kinds of rules there are, and which version of each rules."""
    visit, now = visit_of(routes), clock.now()
    kinds = [
        rules_page.of_kind(one, one.versions(), (now, visit.texts, time_zone()))
        for one in KINDS.values()
    ]
    return page(visit, "rules.html", "rules", kinds=kinds)


@routes.get(f"{HERE}/<kind>")
def get_kind(kind: str) -> Response[str]:
    """Show the rules that rule as a table, who is changing them, and every version before."""
    visit, of, now = visit_of(routes), _kind(kind), clock.now()
    names = {one.person_id: one.name for one in Persons().listed()}
    place = (now, visit.texts, time_zone())
    versions = of.versions()
    shown: dict[str, Any] = rules_page.of_kind(of, versions, place) | {
        "history": rules_page.history(versions, names, place),
        "drafts": [rules_page.draft(one, names, place) for one in draft_store.listed(kind, now)],
        "may_write": visit.may(f"POST {WRITE}"),
        "needs_another": of.needs_another(),
        "me": visit.signed_in.person.person_id,
    }
    return page(visit, "rules_kind.html", "rules", **shown)


@routes.post(f"{HERE}/<kind>/begin")
def post_begin(kind: str) -> Response[str]:
    """Begin a draft from the newest version; one that is there already goes on."""
    of, visit = _kind(kind), visit_of(routes)
    me, now = visit.signed_in.person.person_id, clock.now()
    if me not in {one.person_id for one in draft_store.listed(kind, now)}:
        newest = next(iter(of.versions()), None)
        fields = of.fields_of(newest.document if newest else of.start())
        number = newest.number if newest else 0
        draft_store.keep(
            Draft(kind=kind, person_id=me, fields=fields, of_version=number, written_at=now)
        )
    return redirect(f"{HERE}/{kind}/{me}")


@routes.get(f"{HERE}/<kind>/<person_id>")
def get_draft(kind: str, person_id: str) -> Response[str]:
    """Show a draft: its own writer's as a form, with what the check says of each row."""
    visit, of, now = visit_of(routes), _kind(kind), clock.now()
    found = draft_store.find(kind, person_id, now)
    return _draft_page(visit, of, found)


@routes.get(f"{HERE}/<kind>/<person_id>/try")
def get_trial(kind: str, person_id: str) -> Response[str]:
    """Show what a draft would have come to on the past; nothing is saved or sent."""
    visit, of = visit_of(routes), _kind(kind)
    found = draft_store.find(kind, person_id, clock.now())
    checked = of.check(of.document_of(found.fields))
    if checked.document is None or checked.found.has_errors:
        return redirect(f"{HERE}/{kind}/{person_id}")
    left_s = time_left_s(routes.lambda_context)
    trying = Trying(visit.signed_in.caller, visit.query, visit.texts, left_s)
    tried = of.attempt(of.document_of(found.fields), trying)
    return page(visit, "rules_try.html", "rules", kind=kind, person_id=person_id, tried=tried)


@routes.post(WRITE)
def post_draft(kind: str, person_id: str, action: str) -> Response[str]:
    """Keep what was written; then save it, try it, or throw it away."""
    visit, of, now = visit_of(routes), _kind(kind), clock.now()
    found = draft_store.find(kind, person_id, now)
    is_own = person_id == visit.signed_in.person.person_id
    here = f"{HERE}/{kind}/{person_id}"
    if is_own and action in ("write", "try", "save"):
        found = _written(of, found, visit)
    if action == "save":
        _require_seen(found, visit, is_own)
        return _save(of, found, visit)
    if action == "try":
        return redirect(f"{here}/try")
    if not is_own or action not in ("write", "discard"):
        raise Conflict(f"only who writes it does that: {action[:20]}")
    if action == "discard":
        draft_store.keep(found.model_copy(update={"is_done": True, "written_at": now}))
        return redirect(f"{HERE}/{kind}")
    return redirect(here)


def _written(of: Kind, before: Draft, visit: Visit) -> Draft:
    """Keep a form as its buttons leave it, and return it; a button without a form keeps all."""
    fields = {name: one for name, one in visit.form.items() if name not in NO_FIELDS}
    if not fields:
        return before
    after = before.model_copy(
        update={"fields": pressed(fields, of.empty), "written_at": clock.now()}
    )
    draft_store.keep(after)
    return after


def _require_seen(found: Draft, visit: Visit, is_own: bool) -> None:
    """Raise Conflict where a colleague's draft isn't any more what whoever saves it looked at."""
    if not is_own and visit.form.get("seen") != found.written_at.isoformat():
        raise Conflict("the draft was written on since you looked: look at it again")


def _require_newest(of: Kind, found: Draft, visit: Visit) -> None:
    """Raise Conflict where a version was saved that whoever saves this draft hasn't seen.

    Else their save would take back what a colleague saved a moment ago, and nobody would notice.
    """
    newest = next((one.number for one in of.versions()), 0)
    if newest != found.of_version and visit.form.get("over_version") != str(newest):
        raise Conflict(
            f"version {newest} was saved since you looked: "
            "look at what is otherwise below, then save again"
        )


def _save(of: Kind, found: Draft, visit: Visit) -> Response[str]:
    """Save a draft; where its kind refuses it, show it again with what is wrong."""
    document = of.document_of(found.fields)
    checked = of.check(document)
    if checked.document is None or checked.found.has_errors:
        return redirect(f"{HERE}/{of.name}/{found.person_id}")
    left_s, now = time_left_s(routes.lambda_context), clock.now()
    try:
        _require_newest(of, found, visit)
        of.save(document, Saver(visit.signed_in.caller, found.person_id, left_s, now))
    except (Conflict, InvalidRequest) as refused:
        return _draft_page(visit, of, found, str(refused))
    draft_store.keep(found.model_copy(update={"is_done": True, "written_at": now}))
    return redirect(f"{HERE}/{of.name}")


def _draft_page(visit: Visit, of: Kind, found: Draft, refused: str = "") -> Response[str]:
    person, now = visit.signed_in.person, clock.now()
    versions = of.versions()
    newest = next(iter(versions), None)
    checked = of.check(of.document_of(found.fields))
    writer = Persons().find(found.person_id)
    shown: dict[str, Any] = {
        "kind": of.name,
        "person_id": found.person_id,
        "writer": writer.name if writer else found.person_id,
        "is_own": found.person_id == person.person_id,
        "fields": found.fields,
        "lists": rules_page.lists(of, found.fields, checked),
        "remarks": checked.found.whole,
        "has_errors": checked.found.has_errors,
        "doc": checked.document,
        "changes": rules_page.changes(newest, checked),
        "is_overtaken": newest is not None and newest.number != found.of_version,
        "newest": newest.number if newest else 0,
        "needs_another": of.needs_another() and not person.is_sole,
        "is_fresh": visit.is_fresh(now),
        "sign_in": fresh_sign_in_url(f"{HERE}/{of.name}/{found.person_id}"),
        "refused": refused,
        "seen": found.written_at.isoformat(),
    }
    status = 409 if refused else 200
    return page(visit, "rules_draft.html", "rules", status, **shown)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound(f"there are no rules of {name[:40]}")
    return KINDS[name]
