"""The refund queue: what waits, one request with all that is known of it, and what people decide.

An act is the API's own operation (decide_refund), with whoever is signed in as its caller: who may
do what, and when, is decided there.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages import refund as refund_page
from kassa.console.pages import refunds as queue_page
from kassa.console.reading.read_decision import Asked, read_decision, read_refund_lines
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, time_zone, visit_of
from kassa.core.errors import RefundRequestNotFound
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.telemetry import time_left_s
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.verdict import Action, Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lists import RefundQueues
from kassa.refunds.store import RefundRequests

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 50


@routes.get("/console/refunds")
def get_queue() -> Response[str]:
    """Show what waits for a person, the most urgent first."""
    visit = visit_of(routes)
    found = RefundQueues().to_decide(PageRequest(visit.query.get("cursor") or None, PAGE))
    rows = queue_page.rows(found.cases, visit.texts, clock.now())
    return page(visit, "refunds.html", "refunds", rows=rows, next_cursor=found.next_cursor)


@routes.get("/console/refunds/<refund_request_id>")
def get_request(refund_request_id: str) -> Response[str]:
    """Show a request with its receipt, its history, and what may be done."""
    return _shown(visit_of(routes), RefundRequests().named(refund_request_id))


@routes.post("/console/refunds/<refund_request_id>/<action>")
def post_act(refund_request_id: str, action: str) -> Response[str]:
    """Do what a person decided; an approval is shown once more before it is given."""
    visit = visit_of(routes)
    if action not in queue_page.ACTS:
        raise RefundRequestNotFound(f"nobody can {action[:40]} a refund request here")
    requests = RefundRequests()
    asked = read_decision(action, visit.form, requests, refund_request_id)
    if action == Action.APPROVE and not asked.is_confirmed:
        return _shown(visit, requests.named(refund_request_id), asked)
    verdict = Verdict(Action(action), visit.signed_in.caller, asked.body, asked.units)
    decide_refund(refund_request_id, verdict, requests, time_left_s(routes.lambda_context))
    return redirect(f"/console/refunds/{refund_request_id}")


def _shown(visit: Visit, case: RefundCase, asked: Asked | None = None) -> Response[str]:
    state = RefundRequests().payment(case.request.payment)
    names = {one.person_id: one.name for one in Persons().listed()}
    who = visit.signed_in.person.person_id
    lines = read_refund_lines(case, state).lines
    seen = refund_page.RefundRead(case, state, names, who, clock.now(), time_zone(), lines)
    shown = refund_page.shown(seen, visit.texts)
    may_decide = visit.may("POST /console/refunds/<refund_request_id>/<action>")
    confirming = (
        refund_page.confirming(case, asked.body, asked.chosen, visit.texts) if asked else None
    )
    return page(
        visit, "refund.html", "refunds", **shown, may_decide=may_decide, confirming=confirming
    )
