"""Payments: those of a day, of one state or gateway, or those that an id names."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter, PaymentPage
from kassa.console.days import day_in
from kassa.console.pages import payments as list_page
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.gateways.registry import MANUAL
from kassa.ledger.objects import PaymentStatus
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.refunds.find_payment import named_accounts

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 25
SEARCH_MAX = 200


@routes.get("/console/payments")
def get_payments() -> Response[str]:
    """Show a day's payments, or those that an id, an order or a customer names."""
    visit, today = visit_of(routes), clock.now().date()
    query, search = visit.query, visit.query.get("q", "").strip()[:SEARCH_MAX]
    day = day_in(query, "day", today)
    chosen = _filter(query)
    request = PageRequest(query.get("cursor") or None, PAGE)
    found = _named(search) if search else payment_lists.of_day(day, chosen, request)
    shown: dict[str, Any] = {
        "rows": list_page.rows(found.payments, visit.texts, time_zone()),
        "links": list_page.Links(day, chosen, today),
        "next_cursor": found.next_cursor,
        "search": search,
        "statuses": [one.value for one in PaymentStatus],
        "gateways": sorted({gateway for gateway, _ in named_accounts()} | {MANUAL}),
        "one_day": timedelta(days=1),
    }
    return page(visit, "payments.html", "payments", **shown)


def _named(search: str) -> PaymentPage:
    """Return the payments of an id, else of an order, else of a customer."""
    everywhere, first = PaymentFilter(), PageRequest(None, PAGE)
    found = payment_lists.named(search, everywhere)
    if not found.payments:
        found = payment_lists.of_order(search, everywhere)
    return found if found.payments else payment_lists.of_customer(search, everywhere, first)


def _filter(query: Mapping[str, str]) -> PaymentFilter:
    status, currency = _status(query.get("status", "")), query.get("currency") or None
    if currency is not None and currency not in EVERY_CURRENCY:
        raise InvalidRequest("currency: write it by ISO 4217, such as EUR")
    return PaymentFilter(query.get("gateway") or None, None, status, currency)


def _status(text: str) -> PaymentStatus | None:
    if text and text not in set(PaymentStatus):
        raise InvalidRequest("status: choose one of those that are offered")
    return PaymentStatus(text) if text else None
