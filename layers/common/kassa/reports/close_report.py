"""Close a report: write what its manifest says, the first time or again, and tell who follows it.

Whatever crashes, whoever comes next writes the same bytes; a run is finished once.
"""

from kassa.archive import counting
from kassa.archive.files import FactFolder
from kassa.archive.manifests import DayCounts, Manifest, ReportRun
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.reports.anomalies.alerts import alerts
from kassa.reports.build_documents import COUNTED, build_documents, opened
from kassa.reports.closed_fact import report_closed
from kassa.reports.reading.progress_store import Building
from kassa.reports.report import BuiltReport
from kassa.reports.store import Reports

READING, WRITING = 10, 90  # percent of a build, when it gets there


def preliminary(reports: Reports, folder: FactFolder, manifest: Manifest) -> BuiltReport:
    """Write a report of a period that goes on; nothing is claimed."""
    period = manifest.period
    building = Building(manifest.merchant_id, period.kind, period.name)
    building.at("reading", READING)
    with opened(folder, manifest) as source:
        building.at("counted", COUNTED, counting.chosen_of(source.facts))
        _, made = build_documents(source, building.at)
    names = reports.keep(manifest, made)
    building.over()
    run = reports.run(period.name)
    if run is not None:  # it was closed meanwhile; its report must be what stands there
        return publish(reports, folder, run)
    logger.info("preliminary report built", day=period.name, files=len(manifest.files))
    keys = reports.keys_of(period.name, names)
    return BuiltReport(period=period.kind, day=period.name, is_closed=False, keys=keys)


def publish(reports: Reports, folder: FactFolder, run: ReportRun) -> BuiltReport:
    """Write a closed report from its manifest, the first time or again."""
    manifest = reports.manifest(run)
    building = Building(run.merchant_id, run.period, run.name)
    building.at("reading", READING)
    with opened(folder, manifest) as source:
        building.at("counted", COUNTED, counting.chosen_of(source.facts))
        report, made = build_documents(source, building.at)
        building.at("writing", WRITING)
        digests = reports.keep(manifest, made)
        if run.is_finished:
            logger.info(
                "report rebuilt", day=manifest.period.name, is_identical=digests == run.digests
            )
            building.over()
            again = {"is_identical": digests == run.digests}
            return built(reports, run).model_copy(update=again)
        payments = sum(each.captured_payments for each in report.currencies)
        closed = report_closed(manifest, settings().merchant_currency)
        event_bus.publish([closed, *alerts(manifest, made)])  # again, if we crash here
        kept = reports.keep_day(source)
    reports.finish(run, digests, DayCounts.of(report.facts, payments), kept)
    building.over()
    name, files, late = manifest.period.name, len(manifest.files), len(manifest.late)
    logger.info("report closed", day=name, files=files, late=late)
    return built(reports, run.model_copy(update={"digests": digests}))


def built(reports: Reports, run: ReportRun) -> BuiltReport:
    """Return where the documents stand of which the run keeps digests."""
    keys = reports.keys_of(run.name, run.digests)
    return BuiltReport(period=run.period, day=run.name, is_closed=True, keys=keys)
