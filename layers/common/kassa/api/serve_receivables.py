"""The route that lists what is owed to the merchant, as of any day."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.billing.receivables import lists as receivable_lists
from kassa.billing.receivables.lists import ReceivablesFilter, ReceivablesPage
from kassa.core.merchant import Merchant
from kassa.http_api.api import OK
from kassa.http_api.list_parameters import CalendarDay, Cursor, CustomerId, Limit
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]

AsOf = Annotated[
    CalendarDay | None,
    Query(description="At the end of this day, by the merchant's calendar; today without it."),
]
Currency = Annotated[
    str | None, Query(description="Only what is in it, ISO 4217.", pattern="^[A-Z]{3}$")
]


@routes.get(
    "/receivables",
    operation_id="listReceivables",
    summary="What customers owed at the end of a day, and what they paid beyond it",
    tags=["receivables"],
    responses=OK,
)
def get_receivables(
    as_of: AsOf = None,
    customer_id: CustomerId = None,
    currency: Currency = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReceivablesPage:
    """Return a page with its ageing; a filter may leave fewer than asked for, or none."""
    merchant = Merchant.from_settings(settings().model_dump())
    filters = ReceivablesFilter(as_of, customer_id, currency)
    return receivable_lists.listed(merchant, filters, PageRequest(cursor, limit))
