"""Build a breakdown of what its manifest names, beside the totals that it must add up to."""

import json
from collections.abc import Mapping

from kassa.archive import rollups
from kassa.reports.breakdown.breakdown import BY, Breakdown, Known, breakdown_of
from kassa.reports.breakdown.inputs import inputs_of
from kassa.reports.breakdown.placed import placed
from kassa.reports.content import Source
from kassa.reports.names import ReportName, document_of
from kassa.reports.report import PLACED, Report


def build_breakdown(source: Source, report: Report, made: Mapping[str, bytes]) -> Breakdown:
    """Return the breakdown; by country, channel and product where the manifest's layout has it.

    `made` are the documents of the period's other reports, by name.
    """
    manifest = source.manifest
    rows = rollups.of_facts(source.facts, manifest.period, BY)
    is_placed = manifest.layout >= PLACED
    where = placed(source.facts) if is_placed else None
    known = Known(source.history, inputs_of(manifest), manifest.is_imported, where)
    found = breakdown_of(rows, manifest.period, report.currencies, known, manifest.is_closed)
    return found.model_copy(update={"findings": _findings(made)}) if is_placed else found


def _findings(made: Mapping[str, bytes]) -> int:
    """Count the anomalies of the period that nobody expects."""
    found = json.loads(made[document_of(ReportName.ANOMALIES, "json")])["findings"]
    return sum(one["expected"] is None for one in found)
