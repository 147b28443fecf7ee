"""The routes of deliveries: what was sent to whom, why not, what comes next; and once more."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from kassa.audit.trail import Actor
from kassa.core.errors import DeliveryNotFound
from kassa.core.model import Instant, Model
from kassa.deliveries import lists
from kassa.deliveries.delivery import Channel, Delivery, Status
from kassa.deliveries.store import Deliveries
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller
from kassa.http_api.list_parameters import CalendarDay, Cursor, Limit
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

DeliveryId = Annotated[str, an_id("The delivery's id, as a list names it.")]
Day = Annotated[
    CalendarDay | None,
    Query(alias="day", description="The UTC day; without it, what failed and waits for a person."),
]
OfStatus = Annotated[Status | None, Query(alias="status", description="Only those that stand so.")]
ByChannel = Annotated[Channel | None, Query(alias="channel", description="Only those sent by it.")]
_Name = Annotated[str, Field(min_length=1, max_length=300)]
ToRecipient = Annotated[
    _Name | None,
    Query(alias="recipient", description="Only those to customer:ID, staff:ID or endpoint:ID."),
]
OfFact = Annotated[
    _Name | None, Query(alias="fact", description="Only those of a kind of fact, as its schema.")
]


class DeliveryView(Model):
    """What was told to whom, and how far it is; ids only."""

    delivery_id: str
    fact_id: str
    fact: str
    channel: Channel
    message: str | None = None
    recipient: str
    subject_id: str
    status: Status
    reason: str | None = None
    attempts: int
    created_at: Instant
    attempted_at: Instant | None = None
    next_attempt_at: Instant | None = None
    carrier_id: str | None = None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        """Return a delivery as it is shown."""
        shown = {name: getattr(delivery, name) for name in cls.model_fields}
        return cls.model_validate(shown | {"message": delivery.message or None})


class DeliveryPage(Page):
    """Some deliveries, the newest first."""

    deliveries: tuple[DeliveryView, ...]


class RedriveRequest(Model):
    """Why a delivery is to be tried again."""

    reason: Annotated[str, Field(min_length=1, max_length=300)] | None = None


@routes.get(
    "/deliveries",
    operation_id="listDeliveries",
    summary="The deliveries that failed, or those of a day",
    tags=["deliveries"],
    responses=OK,
)
def get_deliveries(
    day: Day = None,
    status: OfStatus = None,
    channel: ByChannel = None,
    recipient: ToRecipient = None,
    fact: OfFact = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DeliveryPage:
    """Return a page of what failed, or of a day."""
    filters = lists.DeliveryFilter(status, channel, recipient, fact)
    request = PageRequest(cursor, limit)
    merchant_id = settings().merchant_id
    if day is None:
        found, after = lists.failed(merchant_id, filters, request)
    else:
        found, after = lists.of_day(merchant_id, day, filters, request)
    shown = tuple(map(DeliveryView.of, found))
    return DeliveryPage(deliveries=shown, has_more=after is not None, next_cursor=after)


@routes.get(
    "/deliveries/<delivery_id>",
    operation_id="getDelivery",
    summary="A delivery",
    tags=["deliveries"],
    responses=OK | NOT_FOUND,
)
def get_delivery(delivery_id: DeliveryId) -> DeliveryView:
    """Return how far a delivery is."""
    found = Deliveries(settings().merchant_id).find(delivery_id)
    if found is None:
        raise DeliveryNotFound(delivery_id)
    return DeliveryView.of(found)


@routes.post(
    "/deliveries/<delivery_id>/redrive",
    operation_id="redriveDelivery",
    summary="Try a delivery again that failed, bounced or is unknown",
    tags=["deliveries"],
    responses=OK | NOT_FOUND | CONFLICT,
)
def redrive_delivery(delivery_id: DeliveryId, body: RedriveRequest) -> DeliveryView:
    """Mark a delivery as due; within a minute it is tried again, and may reach somebody twice."""
    by, deliveries = Actor.of(caller(routes)), Deliveries(settings().merchant_id)
    return DeliveryView.of(deliveries.redrive(delivery_id, by, body.reason))
