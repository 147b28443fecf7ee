"""Which reports there are of a period, and what their documents are called."""

from enum import StrEnum


class ReportName(StrEnum):
    """The reports of a period; how each but the summary is made stands in `contents.py`."""

    SUMMARY = "summary"


def document_of(report: ReportName, written_as: str) -> str:
    """Return the name of a report's document; the summary was there first, and is `report`."""
    return f"{'report' if report is ReportName.SUMMARY else report}.{written_as}"
