"""Marks: what somebody said is expected, so that the like of it isn't alerted again.

A mark is learned from the anomaly it was made on: it is about whatever that one was about (a
customer, an account, an hour of the week), and reaches as far as that one was bad, and a quarter
further. What is worse than that is alerted again.
"""

import operator
from collections.abc import Iterable

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.reports.anomalies.finding import Finding, Kind

REACH = 1.25  # of the marked one's level
ALERTS_A_DAY = 5


class Mark(Model):
    """One anomaly that somebody expects."""

    anomaly_id: str
    kind: Kind
    like: str
    level: int
    reason: str
    marked_at: Instant

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is like the marked one, and not much worse."""
        is_alike = (self.kind, self.like) == (finding.kind, finding.like)
        return is_alike and finding.level <= REACH * self.level


class Entered(Model):
    """What was entered about anomalies: how many may be alerted a day, and what is expected."""

    alerts_a_day: int = ALERTS_A_DAY
    marks: tuple[Mark, ...] = ()
    # What was alerted while the period went on; a manifest keeps it, and nobody enters it.
    alerted: tuple[Finding, ...] = Field((), exclude_if=operator.not_)


def mark_of(finding: Finding, reason: str, marked_at: Instant) -> Mark:
    """Return the mark that expects a finding, and the like of it."""
    return Mark(
        anomaly_id=finding.anomaly_id,
        kind=finding.kind,
        like=finding.like,
        level=finding.level,
        reason=reason,
        marked_at=marked_at,
    )


def expected(findings: Iterable[Finding], marks: tuple[Mark, ...]) -> list[Finding]:
    """Return findings, each with the reason for which it is expected, if it is."""
    return [
        finding.model_copy(update={"expected": why}) if (why := _why(finding, marks)) else finding
        for finding in findings
    ]


def _why(finding: Finding, marks: tuple[Mark, ...]) -> str | None:
    return next((mark.reason for mark in reversed(marks) if mark.covers(finding)), None)
