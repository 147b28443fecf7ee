"""Build reports: gather what is archived, claim the period, then write what the claim says.

Whoever puts the run record first decides which files a closed report is made of; everyone else,
and every rebuild, writes the same bytes from that manifest. So a schedule that fires never, late,
twice or while another builder works ends in the same reports.
"""

import tempfile
from datetime import date, datetime
from pathlib import Path

from kassa.archive import runs
from kassa.archive.compact_facts import compact_facts
from kassa.archive.files import FactFolder
from kassa.archive.imported_rollups import roll_up_imported
from kassa.archive.manifests import Manifest
from kassa.core.errors import InvalidRequest, ReportNotFound
from kassa.core.periods import BY_CALENDAR, Calendar, Period, PeriodKind
from kassa.platform.settings import settings
from kassa.reports.close_report import built, preliminary, publish
from kassa.reports.gather_facts import gather_facts, gather_imported
from kassa.reports.report import BuiltReport, DueReports, ReportRequest
from kassa.reports.store import Reports
from kassa.reports.windows.build_edition import build_edition, find_edition

# How far missing reports are caught up and late facts still become corrections.
BACK = {PeriodKind.DAILY: 31, PeriodKind.WEEKLY: 6, PeriodKind.MONTHLY: 3}
REPORTS_A_RUN = 7  # the next run goes on
IMPORTED_A_RUN = 100  # days of a past whose rollups are written; likewise


def build_due_reports(now: datetime) -> DueReports:
    """Close what has ended and has no finished report: days, weeks, then months, oldest first.

    So a month that is too large to be built keeps no day from being closed.
    """
    begun_on = runs.begun_on(_calendar(), now)
    # First, so that the first day's report has a past.
    rolled_up = roll_up_imported(begun_on, IMPORTED_A_RUN)
    missing = [period for kind in BY_CALENDAR for period in _missing(kind, begun_on, now)]
    requests = [ReportRequest(day=each.name, period=each.kind) for each in missing]
    built = [build_report(request, now) for request in requests[:REPORTS_A_RUN]]
    if built:  # so once a day
        compact_facts(now)
    return DueReports(built=tuple(built), rolled_up=len(rolled_up))


def build_report(request: ReportRequest, now: datetime) -> BuiltReport:
    """Build a period's report: closed for good if it is over, preliminary otherwise.

    One of before the books is made of what was imported. The same window is answered by the newest
    edition of its report; `anew` builds another if facts came late or something else was entered.
    Raises InvalidRequest for a period that has not begun or isn't one of the merchant's,
    ReportNotFound where nothing is known of it.
    """
    period = request.begun(_calendar(), now)
    reports = Reports(settings().merchant_id, period.kind)
    if period.last and not request.rebuild:
        period = find_edition(reports, period)
    run = reports.run(period.name)
    is_kept = run is not None and run.is_finished
    if run is not None and is_kept and not (request.rebuild or request.anew):
        return built(reports, run)
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        if run is None:
            return _first(reports, folder, period, now)
        if is_kept and request.anew:
            return build_edition(reports, folder, run, now)
        return publish(reports, folder, run)


def _first(reports: Reports, folder: FactFolder, period: Period, now: datetime) -> BuiltReport:
    """Build the report of a period that none was closed of."""
    _refuse_anothers(period)
    if period.days[-1] < (begun_on := runs.begun_on(_calendar(), now)):
        return preliminary(reports, folder, _imported(folder, period, begun_on, now))
    manifest = gather_facts(folder, period, _closed(reports, period, now), now)
    if manifest.is_closed:
        return publish(reports, folder, reports.claim(manifest))
    return preliminary(reports, folder, manifest)


def _missing(kind: PeriodKind, begun_on: date, now: datetime) -> list[Period]:
    """Return the periods since the books began that should be closed and aren't."""
    periods = _calendar().closed(kind, now, BACK[kind])
    runs = Reports(settings().merchant_id, kind).runs(each.day for each in periods)
    finished = {day for day, run in runs.items() if run.is_finished}
    first = min([*runs, begun_on])
    return [each for each in periods if each.days[-1] >= first and each.day not in finished]


def _closed(reports: Reports, period: Period, now: datetime) -> dict[date, Manifest]:
    """Return the manifests of the periods that this report may correct; a window corrects none."""
    if period.last:
        return {}
    periods = _calendar().closed(period.kind, now, BACK[period.kind])
    runs = reports.runs(each.day for each in periods) if period.day >= periods[0].day else {}
    return {day: reports.manifest(run) for day, run in runs.items()}


def _refuse_anothers(period: Period) -> None:
    """Refuse a week or month as the merchant doesn't count them: no other would follow it."""
    if period.last:
        return
    ours = _calendar().period(period.kind, period.days[-1])
    if period != ours:
        raise InvalidRequest(f"day: {period.name} is no {period.kind.noun} here; {ours.name} is")


def _imported(folder: FactFolder, period: Period, begun_on: date, now: datetime) -> Manifest:
    """Gather what was imported of a period before the books; raise ReportNotFound for nothing."""
    manifest = gather_imported(folder, period, now)
    if manifest is None:
        name = period.name
        raise ReportNotFound(
            f"there is no report of {name}: the books begin on {begun_on};"
            " 'kassa import' brings in what a gateway knows of before"
        )
    return manifest


def _calendar() -> Calendar:
    """Return how the merchant divides time."""
    known = settings()
    return Calendar(known.merchant_time_zone, known.week_starts_on, known.month_starts_on)
