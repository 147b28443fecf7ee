"""Help: what to do, by role, and where else help is; the tour is ended and begun again here."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.help import tour_store
from kassa.console.help.tasks import TASKS
from kassa.console.help.texts_of import help_texts
from kassa.console.render import page, redirect
from kassa.console.visit import visit_of
from kassa.platform import clock

routes = Router()  # type: ignore[no-untyped-call]


@routes.get("/console/help")
def get_help() -> Response[str]:
    """Show what to do when something comes up, by role."""
    visit = visit_of(routes)
    return page(visit, "help.html", "help", h=help_texts(visit.texts.language), guides=TASKS)


@routes.post("/console/help/tour")
def post_tour() -> Response[str]:
    """End the tour of whoever asks, or begin it again; today's screen shows it or doesn't."""
    visit = visit_of(routes)
    person_id = visit.signed_in.person.person_id
    if visit.form.get("is_over") == "yes":
        tour_store.end(person_id, clock.now())
    else:
        tour_store.begin(person_id)
    return redirect("/console")
