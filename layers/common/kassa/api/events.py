"""The routes that read booked events: those of a day, and one."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.http_api.api import NAME_MAX, NOT_FOUND, OK, an_id
from kassa.http_api.list_parameters import Account, CalendarDay, Cursor, Day, Gateway, Limit
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventFilter, EventLists, EventPage
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest

routes = Router()  # type: ignore[no-untyped-call]

EventId = Annotated[str, an_id("The event's id, the gateway's own.")]
BookedDay = Annotated[
    CalendarDay | None,
    Query(description="The UTC day of booking; without it the last 31 days are looked through."),
]
GatewayType = Annotated[
    str | None,
    Query(
        alias="type",
        description="Only events of this type, in the gateway's words.",
        min_length=1,
        max_length=NAME_MAX,
    ),
]


@routes.get(
    "/events",
    operation_id="listEvents",
    summary="The events booked on a day",
    tags=["events"],
    responses=OK,
)
def get_events(
    day: Day = None,
    gateway_type: GatewayType = None,
    gateway: Gateway = None,
    account: Account = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> EventPage:
    """Return a page of a day's events, newest first; with a filter it may hold fewer than asked."""
    event_filter = EventFilter(gateway_type, gateway, account)
    return EventLists().booked_on(
        day or clock.now().date(), event_filter, PageRequest(cursor, limit)
    )


@routes.get(
    "/events/<event_id>",
    operation_id="getEvent",
    summary="One event",
    tags=["events"],
    responses=OK | NOT_FOUND,
)
def get_event(event_id: EventId, day: BookedDay = None) -> BookedEvent:
    """Return an event with the facts it made true."""
    if day is None:
        return EventLists().find_lately(event_id, clock.now().date())
    return EventLists().find(event_id, day)
