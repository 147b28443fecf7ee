"""Build a breakdown of what its manifest names, beside the totals that it must add up to."""

from kassa.archive import rollups
from kassa.reports.breakdown.breakdown import BY, Breakdown, Known, breakdown_of
from kassa.reports.breakdown.inputs import inputs_of
from kassa.reports.breakdown.placed import placed
from kassa.reports.content import Source
from kassa.reports.report import PLACED, Report


def build_breakdown(source: Source, report: Report) -> Breakdown:
    """Return the breakdown; by country, channel and product where the manifest's layout has it."""
    manifest = source.manifest
    rows = rollups.of_facts(source.facts, manifest.period, BY)
    where = placed(source.facts) if manifest.layout >= PLACED else None
    known = Known(source.history, inputs_of(manifest), manifest.is_imported, where)
    return breakdown_of(rows, manifest.period, report.currencies, known, manifest.is_closed)
