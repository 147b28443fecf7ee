"""The route of what reminders will be sent, and what they will say."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from kassa.billing.reminders.preview.preview_reminders import (
    DAYS_MAX,
    PreviewRequest,
    ReminderPreview,
    Writing,
    preview,
)
from kassa.core.merchant import Merchant
from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import PLAIN_DIGITS, CustomerId
from kassa.messages.reminders.preview_texts import ReminderWriter
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

routes = Router()  # type: ignore[no-untyped-call]

OfDays = Annotated[
    int,
    Field(ge=1, le=DAYS_MAX),
    PLAIN_DIGITS,
    Query(description="How many days from today on, by the merchant's calendar."),
]
WithTexts = Annotated[
    bool,
    Query(description="Write each reminder's subject and text as it will be sent, 100 at most."),
]


@routes.get(
    "/reminders/preview",
    operation_id="previewReminders",
    summary="The reminders of the next days, if nothing is paid",
    tags=["reminders"],
    responses=OK | NOT_FOUND,
)
def get_preview(
    days: OfDays = 30, customer_id: CustomerId = None, texts: WithTexts = False
) -> ReminderPreview:
    """Return the calendar, with what would be charged, and which invoices are held back today."""
    merchant = Merchant.from_settings(settings().model_dump())
    left_s = time_left_s(routes.lambda_context)
    writing = Writing(ReminderWriter(merchant).write, left_s) if texts else None
    return preview(merchant, PreviewRequest(days, customer_id, writing))
