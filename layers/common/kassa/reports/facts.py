"""What is published of reports: that one is closed, so that whoever waits for it may read it."""

from typing import Literal

from kassa.core.facts import FactData


class ReportClosed(FactData):
    """A period's report is closed, and its documents stand."""

    fact: Literal["ReportClosed"] = "ReportClosed"
    period: str  # daily
    first_day: str  # the merchant's local days
    last_day: str
