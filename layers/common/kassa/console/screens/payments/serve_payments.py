"""Payments: those of a day, of one state, gateway or currency, or those that an id names."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter, PaymentPage
from kassa.console.pages.payments import listed as list_page
from kassa.console.reading.read_filter import gateways, read_filter
from kassa.console.render import page
from kassa.console.views import view_store
from kassa.console.visit import Visit, time_zone, visit_of
from kassa.ledger.objects import LISTED, PaymentStatus
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 25
SEARCH_MAX = 200


@routes.get("/console/payments")
def get_payments() -> Response[str]:
    """Show a day's payments, or those that an id, an order or a customer names."""
    visit = visit_of(routes)
    query, search = visit.query, visit.query.get("q", "").strip()[:SEARCH_MAX]
    asked = read_filter(query)
    request = PageRequest(query.get("cursor") or None, PAGE)
    found = _named(search) if search else payment_lists.of_day(asked.day, asked.chosen, request)
    shown: dict[str, Any] = {
        "rows": list_page.rows(found.payments, visit.texts, time_zone()),
        "links": list_page.Links(asked.day, asked.chosen, asked.today),
        "next_cursor": found.next_cursor,
        "search": search,
        "statuses": [one.value for one in PaymentStatus],
        "gateways": gateways(),
        "one_day": timedelta(days=1),
        "views": _views(visit, asked.chosen) if not search else (),
    }
    return page(visit, "payments.html", "payments", **shown)


def _views(visit: Visit, chosen: PaymentFilter) -> list[tuple[str, str]]:
    """Return the views of whoever asks, except where a list takes three calls without them."""
    if chosen.status in LISTED:
        return []
    saved = view_store.find(settings().merchant_id, visit.signed_in.person.person_id)
    return [(one.name, list_page.query_of(one)) for one in saved]


def _named(search: str) -> PaymentPage:
    """Return the payments of an id, else of an order, else of a customer."""
    everywhere, first = PaymentFilter(), PageRequest(None, PAGE)
    found = payment_lists.named(search, everywhere)
    if not found.payments:
        found = payment_lists.of_order(search, everywhere)
    return found if found.payments else payment_lists.of_customer(search, everywhere, first)
