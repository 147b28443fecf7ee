"""Customers: what one bought, paid and got back, whether they want mails, and all that is held.

Nobody lists customers: one is found by their id or their mail address. Who they are is shown to
those who may export it.
"""

from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.pages import customers as customer_page
from kassa.console.reading.read_customer import read_customer
from kassa.console.render import page, redirect
from kassa.console.visit import time_zone, visit_of
from kassa.core import stored
from kassa.http_api.api import JSON
from kassa.platform.telemetry import time_left_s
from kassa.privacy.erase_customer import erase_confirmed
from kassa.privacy.export_customer import export_customer

routes = Router()  # type: ignore[no-untyped-call]
ERASE = "/console/customers/<customer_id>/erase"
EXPORT = "/console/customers/<customer_id>/export"


@routes.get("/console/customers")
def get_customers() -> Response[str]:
    """Say how a customer is found; there is no list of them."""
    return page(visit_of(routes), "customers.html", "customers")


@routes.get("/console/customers/<customer_id>")
def get_customer(customer_id: str) -> Response[str]:
    """Show what a customer bought, paid and got back, and whether they may be written to."""
    visit, read = visit_of(routes), read_customer(customer_id)
    may_export = visit.may(f"GET {EXPORT}")
    shown: dict[str, Any] = {
        **customer_page.shown(read, visit.texts, time_zone()),
        "id": customer_id,
        "buyer": read.buyer if may_export else None,
        "may_export": may_export,
        "may_erase": visit.may(f"POST {ERASE}"),
    }
    return page(visit, "customer.html", "customers", **shown)


@routes.post(ERASE)
def post_erase(customer_id: str) -> Response[str]:
    """Erase a customer, or go on with it where there was no time to end it."""
    visit, left_s = visit_of(routes), time_left_s(routes.lambda_context)
    confirm = visit.form.get("confirm", "").strip()
    erase_confirmed(customer_id, confirm, visit.signed_in.caller, left_s)
    return redirect(f"/console/customers/{quote(customer_id, safe='')}")


@routes.get(EXPORT)
def get_export(customer_id: str) -> Response[str]:
    """Answer everything that is held of a customer, as a file (GDPR, articles 15 and 20)."""
    held = stored.text(export_customer(customer_id))
    named = {"Content-Disposition": 'attachment; filename="customer.json"'}
    return Response(200, JSON, held, headers=named)
