"""Invoices: what is owed and since when, or all that were issued; and one with its reminders.

Pauses and promises are the API's own operations, with whoever is signed in as their caller.
"""

from datetime import date
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.view import InvoiceFilter, InvoiceView
from kassa.billing.receivables import lists as receivable_lists
from kassa.billing.receivables.lists import ReceivablesFilter
from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.reminders.pause_reminders import (
    Pause,
    Whose,
    pause_reminders,
    resume_reminders,
)
from kassa.console.pages import invoices as list_page
from kassa.console.reading.read_reminders import read_reminders
from kassa.console.render import page, redirect
from kassa.console.visit import Visit, time_zone, visit_of
from kassa.core.errors import InvalidRequest, InvoiceNotFound
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
PAGE = 40
ACT = "/console/invoices/<number>/<action>"
ACTIONS = ("promise", "pause", "resume")


@routes.get("/console/invoices")
def get_invoices() -> Response[str]:
    """Show what is owed by how long it has been due, or all that were issued, newest first."""
    visit, merchant = visit_of(routes), _merchant()
    request = PageRequest(visit.query.get("cursor") or None, PAGE)
    if visit.query.get("list") == "all":
        today = merchant.day_of(clock.now())
        issued = invoice_lists.listed(merchant.merchant_id, InvoiceFilter(), today, request)
        rows = [list_page.issued(one, visit.texts) for one in issued.invoices]
        every: dict[str, Any] = {"rows": rows, "ageing": [], "which": "all"}
        more = issued.next_cursor
        return page(visit, "invoices.html", "invoices", **every, next_cursor=more)
    owed = receivable_lists.listed(merchant, ReceivablesFilter(), request)
    shown = list_page.owed(owed.open_items, owed.ageing, visit.texts) | {"which": "open"}
    return page(visit, "invoices.html", "invoices", **shown, next_cursor=owed.next_cursor)


@routes.get("/console/invoices/<number>")
def get_invoice(number: str) -> Response[str]:
    """Show a document with its forms, what became of it, and what its customer hears next."""
    visit, merchant = visit_of(routes), _merchant()
    found = _numbered(merchant, number)
    shown = list_page.shown(found, visit.texts, time_zone())
    more: dict[str, Any] = {
        "reminders": _reminders(found, merchant, visit),
        "may_decide": visit.may(f"POST {ACT}"),
        "today": merchant.day_of(clock.now()),
    }
    return page(visit, "invoice.html", "invoices", **shown, **more)


@routes.post(ACT)
def post_act(number: str, action: str) -> Response[str]:
    """Note by when a customer said to pay, or pause or resume the reminders of an invoice."""
    visit, merchant = visit_of(routes), _merchant()
    if action not in ACTIONS:
        raise InvoiceNotFound(f"nobody can {action[:40]} an invoice here")
    _numbered(merchant, number)
    by, left_s = Actor.of(visit.signed_in.caller), time_left_s(routes.lambda_context)
    if action == "promise":
        note_promise(merchant, number, (_day(visit, "promised_on"), by), left_s)
    elif action == "pause":
        pause = Pause(_day(visit, "until"), visit.form.get("reason", ""), by)
        pause_reminders(merchant, Whose(number=number), pause, left_s)
    else:
        resume_reminders(merchant, Whose(number=number), by, left_s)
    return redirect(f"/console/invoices/{number}")


def _numbered(merchant: Merchant, number: str) -> InvoiceView:
    """Return a document; what isn't written like a number isn't there either."""
    try:
        return invoice_lists.numbered(merchant.merchant_id, number)
    except InvalidRequest as error:
        raise InvoiceNotFound(f"no document {number[:40]} was issued") from error


def _reminders(found: InvoiceView, merchant: Merchant, visit: Visit) -> dict[str, Any] | None:
    """Return what was and will be sent; none of what nobody is reminded of."""
    if found.customer_id is None or not found.open_minor:
        return None
    read = read_reminders(merchant, found, time_left_s(routes.lambda_context))
    return list_page.reminders(read, visit.texts, time_zone())


def _day(visit: Visit, field: str) -> date:
    try:
        return date.fromisoformat(visit.form.get(field, ""))
    except ValueError:
        raise InvalidRequest(f"{field}: write it as 2026-11-21") from None


def _merchant() -> Merchant:
    return Merchant.from_settings(settings().model_dump())
