"""The read API: reports here; what else is read, and what is listed, in modules of its own."""

import json
from pathlib import Path as File
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.api import (
    events as serve_events,
)
from kassa.api import (
    payments as serve_payments,
)
from kassa.api import (
    refunds as serve_refunds,
)
from kassa.checkout import serve_orders
from kassa.core.periods import PeriodKind
from kassa.http_api.api import NOT_FOUND, OK, resolver
from kassa.http_api.list_parameters import Cursor, Limit
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.reports.names import ReportName
from kassa.reports.reading import lists as report_lists
from kassa.reports.reading.lists import ReportPage
from kassa.reports.reading.store import read_report, read_today
from kassa.reports.reading.today import Today

DESCRIPTION = File(__file__).parents[1] / "openapi.json"  # written by infra/openapi.py

api = resolver()
api.include_router(serve_payments.routes)
api.include_router(serve_refunds.routes)
api.include_router(serve_orders.routes)
api.include_router(serve_events.routes)


ReportPeriod = Annotated[PeriodKind, Path(description="How long the reported period is.")]
ListedPeriod = Annotated[PeriodKind, Query(description="Reports of days, weeks or months.")]
ReportDay = Annotated[
    str,
    Path(
        description="Which one, in the merchant's time zone: a day as 2026-11-21, a week as"
        " 2026-W47 (2026-S47 where weeks begin on Sunday), a month as 2026-11 (2026-11-F26 where"
        " months begin on the 26th).",
        pattern=r"^[0-9]{4}-[0-9WSF-]{2,6}$",
    ),
]


WhichReport = Annotated[ReportName, Query(description="Which of the period's reports.")]


@api.get(
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
    return report_lists.listed(period, PageRequest(cursor, limit), clock.now())


@api.get(
    "/reports/today",
    operation_id="getToday",
    summary="Today's figures so far",
    tags=["reports"],
    responses=OK,
)
def get_today() -> Today:
    """Return the figures of the merchant's day, of all that is archived: seconds after booking."""
    return read_today(clock.now())


@api.get(
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


@api.get("/openapi.json", include_in_schema=False)
def get_openapi() -> dict[str, Any]:
    """Return what the API can do, in all its functions."""
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return described
