"""Build a summary's documents: its breakdown, and everything it is written as.

The summary is made last of a period's reports, since its first lines say what others found.
"""

import json
from collections.abc import Mapping

from kassa.archive import rollups
from kassa.archive.report_names import ReportName, document_of
from kassa.reports.breakdown.breakdown import BY, Breakdown, Known, breakdown_of
from kassa.reports.breakdown.documents import broken_down
from kassa.reports.breakdown.inputs import inputs_of
from kassa.reports.breakdown.placed import placed
from kassa.reports.content import Source
from kassa.reports.report import BROKEN_DOWN, PLACED, Report
from kassa.reports.summary.documents import documents
from kassa.reports.summary.parquet import parquet

Documents = Mapping[str, bytes]  # by name, such as anomalies.json


def build_summary(
    source: Source, report: Report, others: Documents
) -> tuple[Report, dict[str, bytes]]:
    """Return the summary with its breakdown, and its documents by name.

    `others` are the documents of the period's other reports. What a manifest's layout doesn't have
    yet is left out, so that an earlier one gives the bytes that it gave.
    """
    manifest = source.manifest
    if manifest.layout >= BROKEN_DOWN:
        found = build_breakdown(source, report, others)
        report = report.model_copy(update={"breakdown": found})
    made = documents(report) | broken_down(manifest, report)
    if manifest.layout >= PLACED:
        made["report.parquet"] = parquet(report)
    return report, made


def build_breakdown(source: Source, report: Report, others: Documents) -> Breakdown:
    """Return the breakdown beside the totals that it must add up to.

    It is by country, channel and product too where the manifest's layout has it.
    """
    manifest = source.manifest
    rows = rollups.of_facts(source.facts, manifest.period, BY)
    is_placed = manifest.layout >= PLACED
    where = placed(source.facts, manifest.layout) if is_placed else None
    known = Known(source.history, inputs_of(manifest), manifest.is_imported, where)
    found = breakdown_of(rows, manifest.period, report.currencies, known, manifest.is_closed)
    return found.model_copy(update={"findings": _findings(others)}) if is_placed else found


def _findings(others: Documents) -> int:
    """Count the anomalies of the period that nobody expects.

    They are read off the document as it is written, so that both say the same.
    """
    document = document_of(ReportName.ANOMALIES, "json")
    found = json.loads(others[document])["findings"]
    return sum(one["expected"] is None for one in found)
