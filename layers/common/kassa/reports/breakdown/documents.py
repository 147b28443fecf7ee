"""The documents of a summary that is broken down, beside those that every summary has."""

from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.page import body
from kassa.reports.breakdown.words import Words
from kassa.reports.breakdown.workbook import workbook
from kassa.reports.frame import framed_in
from kassa.reports.report import Report


def broken_down(manifest: Manifest, report: Report) -> dict[str, bytes]:
    """Return them by name; nothing of a report of an earlier layout."""
    if report.breakdown is None:
        return {}
    words = Words(report.breakdown.language, report.layout)
    page = framed_in(words, manifest, body(report, report.breakdown, words))
    book = workbook(report, report.breakdown, words)
    return {"report.html": page.encode(), "report.xlsx": book}
