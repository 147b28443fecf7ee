"""Which reports a period has, what their documents are called, and where they stand."""

from enum import StrEnum

from kassa.core.errors import InvalidRequest
from kassa.core.periods import PeriodKind


class ReportName(StrEnum):
    """The reports of a period; how each but the summary is made stands in `contents.py`."""

    SUMMARY = "summary"
    FEES = "fees"
    FORECAST = "forecast"
    ANOMALIES = "anomalies"
    RECURRING = "recurring"
    CUSTOMERS = "customers"
    GATEWAYS = "gateways"
    AUTOMATION = "automation"
    CHECKOUT = "checkout"


LAYOUT = 5  # of manifests, and so of reports that are made now
PLAIN = 5  # the first whose files write no number with an exponent
UNKNOWN = "unknown"  # a method or reason the gateway never named; the queries do the same
PDF = "report.pdf"  # all reports of a period as one document
# Agreements collect by the month and longer, and customers come back by the month: a day or a week
# says nothing of them. All other reports are made of every kind of period.
MONTHLY_ALONE = frozenset({ReportName.RECURRING, ReportName.CUSTOMERS})


def kinds_of(report: ReportName) -> frozenset[PeriodKind]:
    """Return the kinds of periods that have a report."""
    monthly = frozenset({PeriodKind.MONTHLY})
    return monthly if report in MONTHLY_ALONE else frozenset(PeriodKind)


def refuse_without(report: ReportName, kind: PeriodKind) -> None:
    """Raise InvalidRequest where periods of a kind don't have a report."""
    if kind not in kinds_of(report):
        raise InvalidRequest(f"report: {report} is made of months, and of no {kind.noun}")


def document_of(report: ReportName, written_as: str) -> str:
    """Return the name of a report's document; the summary was there first, and is `report`."""
    return f"{'report' if report is ReportName.SUMMARY else report}.{written_as}"


def document_key(merchant_id: str, kind: PeriodKind, period: str, name: str) -> str:
    """Return where a document stands of the report of the period with a name."""
    return f"reports/{merchant_id}/{kind}/{period}/{name}"
