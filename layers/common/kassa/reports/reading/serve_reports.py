"""The routes that read reports: those that were built, one of them, and the day that goes on."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from kassa.archive.report_names import ReportName
from kassa.core.periods import Period, PeriodKind
from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.reports.reading import lists
from kassa.reports.reading.lists import ListedReport, ReportPage
from kassa.reports.reading.parameters import ReportDay, ReportPeriod
from kassa.reports.reading.store import read_report, read_today
from kassa.reports.reading.today import Today

routes = Router()  # type: ignore[no-untyped-call]

ListedPeriod = Annotated[
    PeriodKind, Query(description="Reports of days, weeks, months or windows.")
]
WhichReport = Annotated[ReportName, Query(description="Which of the period's reports.")]


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


@routes.get(
    "/reports/<period>/<day>",
    operation_id="getReport",
    summary="A report",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def get_report(
    period: ReportPeriod, day: ReportDay, report: WhichReport = ReportName.SUMMARY
) -> dict[str, Any]:
    """Return a finished report as it was built."""
    return read_report(period, day, report)


@routes.get(
    "/reports/<period>/<day>/status",
    operation_id="getReportStatus",
    summary="How a report stands",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def get_status(period: ReportPeriod, day: ReportDay) -> ListedReport:
    """Return its state, with links to its documents once they are written."""
    which, now = Period.named(period, day, settings().merchant_time_zone), clock.now()
    which.refuse_to_come(now)
    return lists.standing(which, now)
