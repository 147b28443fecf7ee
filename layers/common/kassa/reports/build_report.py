"""Build daily reports: gather what is archived, claim the day, then write what the claim says.

Whoever puts the run record first decides which files a closed report is made of; everyone else,
and every rebuild, writes the same bytes from that manifest. So a schedule that fires never, late,
twice or while another builder works ends in the same reports.
"""

import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path

from kassa.archive.files import FactFolder, first_day
from kassa.archive.manifests import DayCounts, Manifest, ReportRun
from kassa.core.errors import ReportNotFound
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.core.periods import Period, closed_days, day_of
from kassa.deliveries.facts import ReportClosed
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.reports.finished import document_key
from kassa.reports.gather_facts import gather_facts, tallies
from kassa.reports.report import BuiltReport, Report, ReportRequest
from kassa.reports.store import Reports

DAYS_BACK = 31  # how far missing reports are caught up and late facts still become corrections
DAYS_A_RUN = 7  # the next hour goes on


def build_due_reports(now: datetime) -> list[BuiltReport]:
    """Close every day that has ended and has no finished report, oldest first."""
    days = closed_days(now, settings().merchant_time_zone, DAYS_BACK)
    runs = Reports(settings().merchant_id).runs(days)
    finished = {day for day, run in runs.items() if run.is_finished}
    first = min([*runs, _first_day(default=days[-1])])
    missing = [day for day in days if day >= first and day not in finished]
    return [build_report(ReportRequest(day=day), now) for day in missing[:DAYS_A_RUN]]


def build_report(request: ReportRequest, now: datetime) -> BuiltReport:
    """Build a day's report: closed for good if the day is over, preliminary otherwise.

    Raises InvalidRequest for a day that has not begun, ReportNotFound for one before the books.
    """
    period = request.begun(settings().merchant_time_zone, now)
    reports = Reports(settings().merchant_id)
    run = reports.run(request.day)
    if run is not None and run.is_finished and not request.rebuild:
        return _built(reports, run)
    if run is None:
        _refuse_before_the_books(request.day, now)
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        if run is not None:
            return _publish(reports, folder, run)
        manifest = gather_facts(folder, period, _closed(reports, period, now), now)
        if manifest.is_closed:
            return _publish(reports, folder, reports.claim(manifest))
        return _preliminary(reports, folder, manifest)


def _preliminary(reports: Reports, folder: FactFolder, manifest: Manifest) -> BuiltReport:
    """Write a report of a day that goes on; nothing is claimed."""
    day = manifest.period.day
    reports.keep(manifest, _report(folder, manifest))
    run = reports.run(day)
    if run is not None:  # the day was closed meanwhile; its report must be what stands there
        return _publish(reports, folder, run)
    logger.info("preliminary report built", day=str(day), files=len(manifest.files))
    return BuiltReport(day=day, is_closed=False, keys=reports.keys_of(day))


def _publish(reports: Reports, folder: FactFolder, run: ReportRun) -> BuiltReport:
    """Write a closed report from its manifest, the first time or again."""
    manifest = reports.manifest(run)
    report = _report(folder, manifest)
    digests = reports.keep(manifest, report)
    if run.is_finished:
        logger.info("report rebuilt", day=run.day, is_identical=digests == run.digests)
        again = {"is_identical": digests == run.digests}
        return _built(reports, run).model_copy(update=again)
    payments = sum(each.captured_payments for each in report.currencies)
    event_bus.publish([_closed_fact(run.merchant_id, manifest.period)])  # again, if we crash here
    reports.finish(run, digests, DayCounts.of(report.facts, payments))
    logger.info("report closed", day=run.day, files=len(manifest.files), late=len(manifest.late))
    return _built(reports, run)


def _closed_fact(merchant_id: str, period: Period) -> Fact[ReportClosed]:
    """Return the fact of a closed report, the same whenever it is published."""
    name, day = f"report-daily-{period.day}", str(period.day)
    return Fact[ReportClosed](
        metadata=FactMetadata(
            fact_id=f"{name}:{name}:ReportClosed",
            event_id=name,
            merchant_id=merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="report",
            subject_id=name,
            version=1,
            booked_at=period.closes_at,
        ),
        data=ReportClosed(
            object_id=name,
            occurred_at=period.closes_at,
            amount=Money(amount_minor=0, currency=settings().merchant_currency),
            period="daily",
            first_day=day,
            last_day=day,
            page_key=document_key(merchant_id, period.day, "report.html"),
        ),
    )


def _report(folder: FactFolder, manifest: Manifest) -> Report:
    """Make a report from its manifest and the files it names, and from nothing else."""
    tally, late = tallies(folder, manifest)
    return Report.of(manifest, tally, late)


def _built(reports: Reports, run: ReportRun) -> BuiltReport:
    day = date.fromisoformat(run.day)
    return BuiltReport(day=day, is_closed=True, keys=reports.keys_of(day))


def _closed(reports: Reports, period: Period, now: datetime) -> dict[date, Manifest]:
    """Return the manifests of the days that this report may correct."""
    days = closed_days(now, settings().merchant_time_zone, DAYS_BACK)
    runs = reports.runs(days) if period.day >= days[0] else {}
    return {day: reports.manifest(run) for day, run in runs.items()}


def _refuse_before_the_books(day: date, now: datetime) -> None:
    """Refuse a day of which nothing was kept: a report of it would say that nothing moved."""
    yesterday = closed_days(now, settings().merchant_time_zone, DAYS_BACK)[-1]
    first = _first_day(default=yesterday)
    if day < first:
        raise ReportNotFound(f"there is no report of {day}: the books begin on {first}")


def _first_day(default: date) -> date:
    """Return the local day the archive begins with."""
    first = first_day()
    if first is None:
        return default
    return day_of(datetime.combine(first, time.min, UTC), settings().merchant_time_zone)
