"""Disputes: which are open and until when, the evidence of one, and what people do with it.

An act is the API's own operation (answer_dispute), with whoever is signed in as its caller.
"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.forms import read_form
from kassa.console.pages import dispute as dispute_page
from kassa.console.pages import disputes as list_page
from kassa.console.reading.read_dispute_figures import read_dispute_figures
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, time_zone, visit_of
from kassa.core.errors import InvalidRequest, NotFound
from kassa.disputes.answer_dispute import Named, accept_dispute, add_file, answer_dispute
from kassa.disputes.answer_dispute import preview_answer as preview_of
from kassa.disputes.answers.answering import AnswerBody, FileBody, Preview
from kassa.disputes.dispute import Dispute
from kassa.disputes.store import Disputes
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 50
ONE = "/console/disputes/<gateway>/<account>/<dispute_id>"
FIELDS = ("statement", "carrier", "tracking_number", "shipped_on", "refund_policy")
ANSWER, ACCEPT, FILES, EDIT = "answer", "accept", "files", "edit"


@routes.get("/console/disputes")
def get_disputes() -> Response[str]:
    """List the disputes that are open, the first due first, or those that have ended."""
    visit = visit_of(routes)
    if visit.query.get("status") == "figures":
        figures = list_page.figures(read_dispute_figures(clock.now()), visit.texts)
        return page(visit, "dispute_figures.html", "disputes", **figures)
    is_closed = visit.query.get("status") == "closed"
    disputes = Disputes(settings().merchant_id)
    request = PageRequest(visit.query.get("cursor") or None, PAGE)
    found = disputes.closed(request) if is_closed else disputes.open(request)
    rows = list_page.rows(found.disputes, visit.texts, clock.now())
    more: dict[str, Any] = {"is_closed": is_closed, "next_cursor": found.next_cursor}
    return page(visit, "disputes.html", "disputes", rows=rows, **more)


@routes.get(ONE)
def get_dispute(gateway: str, account: str, dispute_id: str) -> Response[str]:
    """Show a dispute with the evidence that is gathered, and what may be done."""
    dispute = Disputes(settings().merchant_id).named(gateway, account, dispute_id)
    return _shown(visit_of(routes), dispute)


@routes.post(f"{ONE}/<action>")
def post_act(gateway: str, account: str, dispute_id: str, action: str) -> Response[str]:
    """Do what a person decided; an answer is shown once more before it is submitted for good."""
    visit, disputes = visit_of(routes), Disputes(settings().merchant_id)
    dispute = disputes.named(gateway, account, dispute_id)
    named = Named(gateway, account, dispute_id, visit.signed_in.caller)
    left_s, is_sure = time_left_s(routes.lambda_context), visit.form.get("confirmed") == "yes"
    if action in (FILES, EDIT):  # what was typed stays in the form
        try:
            added = action == FILES and add_file(named, _file(visit.form), disputes, left_s)
        except InvalidRequest as error:
            why = str(error).removeprefix("content_base64: ")  # the API's name, on no form
            return _shown(visit, dispute, wrong=why)
        return _shown(visit, added or dispute)
    if action == ANSWER:
        body = _body(visit.form)
        if visit.form.get("file"):  # chosen, and not added by its own button
            dispute = add_file(named, _file(visit.form), disputes, left_s)
        if not is_sure:
            return _shown(visit, dispute, preview_of(dispute, body))
        answer_dispute(named, body, disputes, left_s)
    elif action == ACCEPT:
        if not is_sure:
            return _shown(visit, dispute, is_accepting=True)
        accept_dispute(named, disputes, left_s)
    else:
        raise NotFound(f"nobody can {action[:40]} a dispute here")
    return redirect(f"/console/disputes/{dispute.path}")


def _shown(
    visit: Visit,
    dispute: Dispute,
    preview: Preview | None = None,
    is_accepting: bool = False,
    wrong: str = "",
) -> Response[str]:
    evidence = preview_of(dispute, AnswerBody()) if dispute.is_answerable else None
    names = {one.person_id: one.name for one in Persons().listed()}
    read = dispute_page.DisputeRead(dispute, evidence, names, clock.now(), time_zone())
    filled = dispute_page.shown(read, visit.texts)
    sure = dispute_page.confirming(preview, _given(visit.form), visit.texts) if preview else None
    more: dict[str, Any] = {
        "may_answer": visit.may(f"POST {ONE}/<action>"),
        "can": dispute.takes_answers,
        "confirming": sure,
        "is_accepting": is_accepting,
        "wrong": wrong,
        "given": {name: visit.form.get(name, "") for name in (*FIELDS, "kind")},
    }
    return page(visit, "dispute.html", "disputes", 400 if wrong else 200, **filled, **more)


def _given(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form[name] for name in FIELDS if form.get(name)}


def _body(form: Mapping[str, str]) -> AnswerBody:
    """Return what a form adds to what is gathered; raise InvalidRequest naming the field."""
    return read_form(AnswerBody, _given(form))


def _file(form: Mapping[str, str]) -> FileBody:
    if not form.get("file"):
        raise InvalidRequest("file: choose one")
    content = {
        "name": (form.get("file_name") or "file")[:100],
        "kind": form.get("kind", ""),
        "content_base64": form["file"],
    }
    return read_form(FileBody, content)
