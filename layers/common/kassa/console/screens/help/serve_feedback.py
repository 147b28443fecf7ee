"""Feedback: what people who work here say of its pages, and what was feedback."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.help import feedback_store
from kassa.console.help.feedback import TEXT_MAX
from kassa.console.help.give_feedback import give_feedback
from kassa.console.help.texts_of import help_texts
from kassa.console.render import page, redirect
from kassa.console.screens.registry import SCREENS
from kassa.console.visit import time_zone, visit_of

routes = Router()  # type: ignore[no-untyped-call]


@routes.get("/console/feedback")
def get_feedback() -> Response[str]:
    """Show the form, and the newest of what was feedback."""
    visit, zone = visit_of(routes), time_zone()
    listed = [
        (visit.texts.instant(one.given_at.astimezone(zone)), one) for one in feedback_store.newest()
    ]
    shown: dict[str, Any] = {
        "of_page": _page_in(visit.query.get("page", "")),
        "outcome": visit.query.get("outcome", ""),
        "listed": listed,
        "text_max": TEXT_MAX,
    }
    return page(visit, "feedback.html", "feedback", h=help_texts(visit.texts.language), **shown)


@routes.post("/console/feedback")
def post_feedback() -> Response[str]:
    """Keep what somebody says of a page."""
    visit = visit_of(routes)
    text, of_page = visit.form.get("text", ""), _page_in(visit.form.get("page", ""))
    if not text.strip():
        return redirect(f"/console/feedback?page={of_page}")
    is_kept = give_feedback(visit.signed_in.person.person_id, of_page, text)
    return redirect(f"/console/feedback?outcome={'sent' if is_kept else 'too_many'}")


def _page_in(name: str) -> str:
    """Return a screen's name; nothing for what is none, so that nobody else's text stands there."""
    return name if name in SCREENS else ""
