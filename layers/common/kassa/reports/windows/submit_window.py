"""Submit a window: its report is built by another invocation, since nobody's call may wait for it.

Lambda invokes again what fails, twice, and then puts it on the dead-letter queue of the schedule.
"""

from datetime import date, datetime

from kassa.archive import files, runs
from kassa.core.errors import ReportNotFound
from kassa.core.periods import Calendar, Period
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.reading import lists
from kassa.reports.reading.lists import ListedReport
from kassa.reports.reading.progress_store import put_waiting
from kassa.reports.report import ReportRequest
from kassa.reports.store import Reports
from kassa.reports.windows.build_edition import find_edition
from kassa.reports.windows.window_request import WindowRequest


def submit_window(window: WindowRequest, function: str, now: datetime) -> tuple[ListedReport, bool]:
    """Return how a window's report stands, and if it is kept; else have a function build it.

    Raises InvalidRequest for days that can't be, ReportNotFound for days of before the books of
    which nothing was imported.
    """
    known = settings()
    calendar = Calendar(known.merchant_time_zone, known.week_starts_on, known.month_starts_on)
    request, period = window.requested(calendar, now)
    reports = Reports(known.merchant_id, period.kind)
    period = find_edition(reports, period)
    run = reports.run(period.name)
    if run is None:
        _refuse_unknown(period, runs.begun_on(calendar, now))
    is_kept = run is not None and run.is_finished and not request.anew
    if not is_kept and (request.anew or put_waiting(known.merchant_id, period, now)):
        _invoke(function, request)
    return lists.standing(period, now), is_kept


def _refuse_unknown(period: Period, begun_on: date) -> None:
    """Refuse days of before the books, unless something was imported of them."""
    if period.days[-1] >= begun_on:
        return
    if not any(files.listed([day], files.IMPORTED)[day] for day in period.utc_days):
        raise ReportNotFound(
            f"there is no report of {period.name}: the books begin on {begun_on};"
            " 'kassa import' brings in what a gateway knows of before"
        )


def _invoke(function: str, request: ReportRequest) -> None:
    aws.client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=request.model_dump_json()
    )
