"""Health: whether gateways speak, what was refused, and what failed and waits for a person.

A delivery is driven again by the API's own operation; it may reach somebody twice.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.console.pages import health as health_page
from kassa.console.reading.read_health import read_health
from kassa.console.render import page, redirect
from kassa.console.visit import time_zone, visit_of
from kassa.deliveries.store import Deliveries
from kassa.platform import clock
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]
REDRIVE = "/console/health/deliveries/<delivery_id>/redrive"


@routes.get("/console/health")
def get_health() -> Response[str]:
    """Show how Kassa is fed, and what failed."""
    visit, now = visit_of(routes), clock.now()
    shown = health_page.shown(read_health(now), visit.texts, time_zone(), now)
    may_redrive = visit.may(f"POST {REDRIVE}")
    return page(visit, "health.html", "health", **shown, may_redrive=may_redrive)


@routes.post(REDRIVE)
def post_redrive(delivery_id: str) -> Response[str]:
    """Let a delivery that failed be tried again."""
    by = Actor.of(visit_of(routes).signed_in.caller)
    Deliveries(settings().merchant_id).redrive(delivery_id, by)
    return redirect("/console/health")
