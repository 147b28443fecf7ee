"""Findings whose events are fetched afterwards: which part of the period they are of."""

from typing import NamedTuple

from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.rules.cells import Account


class Part(NamedTuple):
    """Events behind a count: what an account said of something, between two instants."""

    fact: str
    account: Account
    method: str | None
    from_hour: int
    until_hour: int


class Counted(NamedTuple):
    """A finding without the events behind it, which are then fetched."""

    finding: Finding
    part: Part
