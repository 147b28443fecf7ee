"""Health: whether gateways speak, what was refused, and what failed and waits for a person.

A delivery is driven again by the API's own operation; it may reach somebody twice.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.console.pages import health as health_page
from kassa.console.reading.read_health import read_health
from kassa.console.render import page, redirect
from kassa.console.visit import time_zone, visit_of
from kassa.deliveries.send_back_dead_letters import REDRIVABLE, send_back_dead_letters
from kassa.deliveries.store import Deliveries
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]
DEAD = "/console/health/<queue>"
REDRIVE = "/console/health/deliveries/<delivery_id>/redrive"


@routes.get("/console/health")
def get_health() -> Response[str]:
    """Show how Kassa is fed, and what failed."""
    visit, now = visit_of(routes), clock.now()
    shown = health_page.shown(read_health(now), visit.texts, time_zone(), now)
    rights: dict[str, Any] = {
        "may_redrive": visit.may(f"POST {REDRIVE}"),
        "redrivable": REDRIVABLE if visit.may(f"POST {DEAD}") else (),
    }
    return page(visit, "health.html", "health", **shown, **rights)


@routes.post(REDRIVE)
def post_redrive(delivery_id: str) -> Response[str]:
    """Let a delivery that failed be tried again."""
    by = Actor.of(visit_of(routes).signed_in.caller)
    Deliveries(settings().merchant_id).redrive(delivery_id, by)
    return redirect("/console/health")


@routes.post(DEAD)
def post_dead(queue: str) -> Response[str]:
    """Send what failed for good of one queue back to it."""
    by = Actor.of(visit_of(routes).signed_in.caller)
    send_back_dead_letters(queue, by, time_left_s(routes.lambda_context))
    return redirect("/console/health")
