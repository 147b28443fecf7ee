"""Make a period's reports from its manifest and the files it names, and from nothing else."""

from kassa.archive import rollups, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.breakdown import HISTORY_BY, history_of
from kassa.reports.build_summary import build_summary
from kassa.reports.content import Source
from kassa.reports.contents import contents_of
from kassa.reports.gather_facts import late_tallies
from kassa.reports.report import Report


def build_documents(folder: FactFolder, manifest: Manifest) -> tuple[Report, dict[str, bytes]]:
    """Return the transaction summary, and the documents of all reports that the manifest has."""
    files, late = folder.paths(manifest.files), late_tallies(folder, manifest)
    with warehouse.chosen(files, manifest.period, manifest.merchant_id) as facts:
        report = Report.of(manifest, warehouse.tallied(facts, manifest.period), late)
        earlier = rollups.read(folder, manifest.history, HISTORY_BY)
        source = Source(manifest, facts, folder, history_of(manifest.history, earlier))
        made = dict[str, bytes]()
        for content in contents_of(manifest.layout, manifest.period.kind):
            made |= content.make(source)
        report, own = build_summary(source, report, made)
    return report, made | own
