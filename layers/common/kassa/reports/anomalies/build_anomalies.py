"""Build the anomaly report of a manifest: find, rank, write."""

from kassa.archive.report_names import ReportName
from kassa.core.periods import PeriodKind
from kassa.reports.anomalies.alerted_store import entered as marked
from kassa.reports.anomalies.documents import documents
from kassa.reports.anomalies.find import find, prepared
from kassa.reports.anomalies.rank import ranked
from kassa.reports.anomalies.report import entered_of, report_of
from kassa.reports.anomalies.rules.cells import PAST_DAYS, days_before
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.content import Content, Source
from kassa.reports.localization import language_in

DOCUMENTS = ("anomalies.html", "anomalies.csv", "anomalies.json")


def build_anomalies(source: Source) -> dict[str, bytes]:
    """Return the documents of what stands out of a period; of the manifest alone."""
    manifest = source.manifest
    entered = entered_of(manifest.inputs.get(ReportName.ANOMALIES))
    lived = (file for file in manifest.history if not file.is_imported)
    rollups = source.folder.paths(lived)  # a past has few failures, and came at no hour
    payments = source.folder.paths(manifest.payments)
    texts = Texts(language_in(manifest))
    cells = prepared(source.facts, manifest.period, (rollups, payments))
    cells.texts = texts
    findings = ranked(find(source.facts, cells, entered.contracts), cells.usual_day(), entered)
    if manifest.period.kind is not PeriodKind.DAILY:  # its days' findings are listed once more
        findings = tuple(one.model_copy(update={"is_alert": False}) for one in findings)
    known = min(-cells.first_day, PAST_DAYS)
    report = report_of(manifest, known, entered, findings, texts)
    return documents(report, manifest, texts)


CONTENT = Content(DOCUMENTS, build_anomalies, history=days_before, inputs=marked)
