"""What to do when automation is down: one sheet, to be printed while it isn't."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.help import tasks
from kassa.console.help.texts_of import help_texts
from kassa.console.render import page
from kassa.console.visit import visit_of

routes = Router()  # type: ignore[no-untyped-call]
LINES = 6  # of the list that people fill in


@routes.get("/console/when-down")
def get_when_down() -> Response[str]:
    """Show what to do by hand, what waits meanwhile, and how to catch up."""
    visit = visit_of(routes)
    return page(
        visit,
        "when-down.html",
        "when-down",
        h=help_texts(visit.texts.language),
        sheet=tasks,
        lines=LINES,
    )
