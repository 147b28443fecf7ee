"""The routes of what reports there are, and of the day that goes on."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.core.periods import PeriodKind
from kassa.http_api.api import OK
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.reports.reading import lists
from kassa.reports.reading.lists import ReportPage
from kassa.reports.reading.store import read_today
from kassa.reports.reading.today import Today

routes = Router()  # type: ignore[no-untyped-call]

ListedPeriod = Annotated[PeriodKind, Query(description="Reports of days, weeks or months.")]


@routes.get(
    "/reports",
    operation_id="listReports",
    summary="The reports that were built, with links to their documents",
    tags=["reports"],
    responses=OK,
)
def get_reports(
    period: ListedPeriod = PeriodKind.DAILY, cursor: Cursor = None, limit: Limit = 50
) -> ReportPage:
    """Return a page, newest first; a link opens its document for five minutes."""
    return lists.listed(period, PageRequest(cursor, limit), clock.now())


@routes.get(
    "/reports/today",
    operation_id="getToday",
    summary="Today's figures so far",
    tags=["reports"],
    responses=OK,
)
def get_today() -> Today:
    """Return the figures of the merchant's day, of all that is archived: seconds after booking."""
    return read_today(clock.now())
