"""The reports that a period has beside its transaction summary: each is a folder, and a line here.

All are made of one manifest, so that a period is closed once, and of the same facts.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kassa.archive.report_names import ReportName
from kassa.core.periods import Period, PeriodKind
from kassa.reports.anomalies.build_anomalies import CONTENT as ANOMALIES
from kassa.reports.anomalies.rules.cells import days_before
from kassa.reports.automation.build_automation import CONTENT as AUTOMATION
from kassa.reports.checkout.build_checkout import CONTENT as CHECKOUT
from kassa.reports.content import Content
from kassa.reports.customers.build_customers import CUSTOMERS
from kassa.reports.fees.build_fees import CONTENT as FEES
from kassa.reports.forecast.build_forecast import FORECAST
from kassa.reports.gateways.build_gateways import CONTENT as GATEWAYS
from kassa.reports.recurring.build_recurring import RECURRING

CONTENTS: Mapping[ReportName, Content] = {
    ReportName.FEES: FEES,
    ReportName.FORECAST: FORECAST,
    ReportName.ANOMALIES: ANOMALIES,
    ReportName.RECURRING: RECURRING,  # of months alone: see `kinds_of`
    ReportName.CUSTOMERS: CUSTOMERS,  # likewise
    ReportName.GATEWAYS: GATEWAYS,
    ReportName.AUTOMATION: AUTOMATION,
    ReportName.CHECKOUT: CHECKOUT,
}


def contents_of(layout: int, kind: PeriodKind) -> Iterator[Content]:
    """Return the reports that a manifest's layout has of a kind of period."""
    return (
        content
        for content in CONTENTS.values()
        if content.since <= layout and kind in content.kinds
    )


def reads_customers(period: Period) -> bool:
    """Whether a report of the period needs what is kept of customers."""
    return any(one.reads_customers and period.kind in one.kinds for one in CONTENTS.values())


def inputs_of(period: Period) -> dict[str, Any]:
    """Return what the reports of a period need beside facts, as it stands now."""
    found = {
        name: one.inputs(period)
        for name, one in CONTENTS.items()
        if one.inputs is not None and period.kind in one.kinds
    }
    return {name: entered for name, entered in found.items() if entered}


def payments_before(period: Period) -> list[date]:
    """Return the days whose payments the reports of a period are held against."""
    return days_before(period)


def history_of(period: Period) -> set[date]:
    """Return the days whose rollups the reports of a period are held against."""
    needs = [one.history for one in CONTENTS.values() if one.history is not None]
    return {day for days in needs for day in days(period)}
