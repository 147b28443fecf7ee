"""The audit trail: who did what, and whether each day's chain is whole."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.days import day_in
from kassa.console.pages import audit as audit_page
from kassa.console.pages.audit import AuditFilter
from kassa.console.reading.read_audit import read_audit
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.people.store import Persons
from kassa.platform import clock

routes = Router()  # type: ignore[no-untyped-call]
DAYS = {"1": 1, "7": 7, "31": 31}  # how many one page may show, by what its form says


@routes.get("/console/audit")
def get_audit() -> Response[str]:
    """Show a UTC day's acts, newest first, or those of so many days up to it."""
    visit, today = visit_of(routes), clock.now().date()
    query = visit.query
    day = min(day_in(query, "day", today), today)
    span = query.get("days", "1")
    count, asked = DAYS.get(span, 1), AuditFilter.of(query)
    names = {one.person_id: one.name for one in Persons().listed()}
    days = audit_page.shown(read_audit(day, count), asked, names, (visit.texts, time_zone()))
    more = audit_page.cut(days)
    later = min(day + timedelta(days=count), today)
    shown: dict[str, Any] = {
        "days": days,
        "more": more,
        "asked": asked,
        "day": day,
        "today": today,
        "spans": [*DAYS],
        "span": str(count),
        "earlier": asked.query(day=day - timedelta(days=count), days=count),
        "later": asked.query(day=later, days=count) if day < today else "",
        "found": sum(len(one["acts"]) for one in days),
    }
    return page(visit, "audit.html", "audit", **shown)
