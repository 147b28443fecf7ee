"""The read API: events and reports here; payments, refunds and orders in their own modules."""

import json
from datetime import date
from enum import StrEnum
from pathlib import Path as File
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.adapters.event_items import BookedEvent
from kassa.adapters.event_lists import PAGE_MAX, EventLists, EventPage
from kassa.adapters.finished_reports import read_report
from kassa.adapters.http_api import NOT_FOUND, OK, resolver
from kassa.operations import serve_orders, serve_payments, serve_refunds

DESCRIPTION = File(__file__).parents[1] / "openapi.json"  # written by infra/openapi.py

api = resolver()
api.include_router(serve_payments.routes)
api.include_router(serve_refunds.routes)
api.include_router(serve_orders.routes)


class PeriodName(StrEnum):
    """The periods there are reports of."""

    DAILY = "daily"


EventId = Annotated[str, Path(description="The event's id, the gateway's own.")]
BookedDay = Annotated[date, Query(description="The UTC day of booking, YYYY-MM-DD.")]
GatewayType = Annotated[
    str | None, Query(alias="type", description="Only events of this type, in the gateway's words.")
]
Cursor = Annotated[str | None, Query(description="Where the page before said this one starts.")]
Limit = Annotated[int, Query(description="How many events at most.", ge=1, le=PAGE_MAX)]
ReportPeriod = Annotated[PeriodName, Path(description="How long the reported period is.")]
ReportDay = Annotated[date, Path(description="The merchant's local day, YYYY-MM-DD.")]


@api.get(
    "/events",
    operation_id="listEvents",
    summary="The events booked on a day",
    tags=["events"],
    responses=OK,
)
def get_events(
    day: BookedDay, gateway_type: GatewayType = None, cursor: Cursor = None, limit: Limit = 50
) -> EventPage:
    """Return a page of a day's events, newest first; with a type it may hold fewer than asked."""
    return EventLists().booked_on(day, gateway_type, cursor, limit)


@api.get(
    "/events/<event_id>",
    operation_id="getEvent",
    summary="One event",
    tags=["events"],
    responses=OK | NOT_FOUND,
)
def get_event(event_id: EventId, day: BookedDay) -> BookedEvent:
    """Return an event with the facts it made true."""
    return EventLists().find(event_id, day)


@api.get(
    "/reports/<period>/<day>",
    operation_id="getReport",
    summary="A report",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def get_report(period: ReportPeriod, day: ReportDay) -> dict[str, Any]:
    """Return a finished report as it was built."""
    return read_report(period, day)


@api.get("/openapi.json", include_in_schema=False)
def get_openapi() -> dict[str, Any]:
    """Return what the API can do, in all its functions."""
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return described
