"""The glossary: what the words of the console mean."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.help.terms import terms_in
from kassa.console.help.texts_of import help_texts
from kassa.console.render import page
from kassa.console.visit import visit_of

routes = Router()  # type: ignore[no-untyped-call]


@routes.get("/console/glossary")
def get_glossary() -> Response[str]:
    """Show every term in the visit's language, each at an address of its own."""
    visit = visit_of(routes)
    terms = terms_in(visit.texts.language)
    return page(visit, "glossary.html", "glossary", h=help_texts(visit.texts.language), terms=terms)
