"""The search: one box on every screen, for any id, invoice number, mail address or amount."""

from itertools import groupby

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages.payments.listed import amount_of
from kassa.console.render import page, redirect
from kassa.console.search.find_hits import find_hits
from kassa.console.visit import time_zone, visit_of

routes = Router()  # type: ignore[no-untyped-call]
TEXT_MAX = 200


@routes.get("/console/search")
def get_search() -> Response[str]:
    """Lead to the one thing that a text names, or list all that it names by their kinds."""
    visit = visit_of(routes)
    text, texts, zone = visit.query.get("q", "").strip()[:TEXT_MAX], visit.texts, time_zone()
    hits = find_hits(text, visit.may) if text else []
    if len(hits) == 1:
        return redirect(hits[0].path)
    rows = [
        {
            "kind": one.kind,
            "name": one.name,
            "path": one.path,
            "amount": amount_of(one.money, texts) if one.money else "",
            "at": texts.instant(one.at.astimezone(zone)) if one.at else "",
        }
        for one in hits
    ]
    groups = [(kind, list(of)) for kind, of in groupby(rows, key=lambda row: row["kind"])]
    return page(visit, "search.html", "", searched=text, groups=groups)
