"""Which reports a period has, what their documents are called, and where they stand."""

from datetime import date
from enum import StrEnum

from kassa.core.periods import PeriodKind, name_of


class ReportName(StrEnum):
    """The reports of a period; how each but the summary is made stands in `contents.py`."""

    SUMMARY = "summary"
    FEES = "fees"
    FORECAST = "forecast"
    ANOMALIES = "anomalies"


def document_of(report: ReportName, written_as: str) -> str:
    """Return the name of a report's document; the summary was there first, and is `report`."""
    return f"{'report' if report is ReportName.SUMMARY else report}.{written_as}"


def document_key(merchant_id: str, kind: PeriodKind, day: date, name: str) -> str:
    """Return where a document stands of the report of the period that begins on a day."""
    return f"reports/{merchant_id}/{kind}/{name_of(kind, day)}/{name}"
