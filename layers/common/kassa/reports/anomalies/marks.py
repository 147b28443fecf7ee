"""Marks: what somebody said is expected, or isn't, so that the like of it is alerted or not.

A mark is learned from the anomaly it was made on: it is about whatever that one was about (a
customer, an account, an hour of the week). One that is expected reaches as far as that one was bad,
and a quarter further; one that isn't is about all that is as bad, less a quarter, and worse. Where
several are about a finding, the newest decides.
"""

import operator
from collections.abc import Iterable

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.fees.contracts.contract import FeeContracts

REACH = 1.25  # of the marked one's level
ALERTS_A_DAY = 5
HISTORY = 5  # of what was said before; the audit trail keeps all


class Statement(Model):
    """What was said of an anomaly before it was marked again."""

    is_expected: bool
    reason: str
    marked_at: Instant
    marked_by: str | None = None


class Mark(Model):
    """One anomaly that somebody expects, or doesn't any more."""

    anomaly_id: str
    kind: Kind
    like: str
    level: int
    reason: str
    marked_at: Instant
    is_expected: bool = Field(True, exclude_if=bool)
    marked_by: str | None = Field(None, exclude_if=operator.not_)  # earlier versions kept no name
    history: tuple[Statement, ...] = Field((), exclude_if=operator.not_)  # oldest first

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is like the marked one, and not much worse, or not much better."""
        if (self.kind, self.like) != (finding.kind, finding.like):
            return False
        if self.is_expected:
            return finding.level <= REACH * self.level
        return REACH * finding.level >= self.level

    def says_as(self, other: "Mark") -> bool:
        """Tell whether both say the same of the same."""
        names = ("anomaly_id", "kind", "like", "level", "reason", "is_expected")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return all that was said of the anomaly, oldest first."""
        newest = Statement(
            is_expected=self.is_expected,
            reason=self.reason,
            marked_at=self.marked_at,
            marked_by=self.marked_by,
        )
        return (*self.history, newest)

    def after(self, earlier: "Mark") -> "Mark":
        """Return this mark with what was said of the same anomaly before."""
        return self.model_copy(update={"history": earlier.statements[-HISTORY:]})


class Entered(Model):
    """What was entered about anomalies: how many may be alerted a day, and what is expected."""

    alerts_a_day: int = ALERTS_A_DAY
    marks: tuple[Mark, ...] = ()
    # What was alerted while the period went on; a manifest keeps it, and nobody enters it.
    alerted: tuple[Finding, ...] = Field((), exclude_if=operator.not_)
    # What gateways may charge, as it is saved with the fees; a manifest keeps it here as well.
    contracts: FeeContracts = Field(FeeContracts(), exclude_if=lambda known: not known.version)

    def of(self, anomaly_id: str) -> Mark | None:
        """Return the mark of an anomaly, if it has one."""
        return next((one for one in self.marks if one.anomaly_id == anomaly_id), None)

    def with_mark(self, mark: Mark) -> "Entered":
        """Return the marks with one more, the newest; what was said of the same stays in it."""
        earlier = self.of(mark.anomaly_id)
        newest = mark.after(earlier) if earlier else mark
        others = (one for one in self.marks if one.anomaly_id != mark.anomaly_id)
        return self.model_copy(update={"marks": (*others, newest)})


def mark_of(finding: Finding, reason: str, marked_at: Instant, is_expected: bool = True) -> Mark:
    """Return the mark that expects a finding and the like of it, or doesn't."""
    return Mark(
        anomaly_id=finding.anomaly_id,
        kind=finding.kind,
        like=finding.like,
        level=finding.level,
        reason=reason,
        marked_at=marked_at,
        is_expected=is_expected,
    )


def expected(findings: Iterable[Finding], marks: tuple[Mark, ...]) -> list[Finding]:
    """Return findings, each with the reason for which it is expected, if it is."""
    return [
        finding.model_copy(update={"expected": why}) if (why := _why(finding, marks)) else finding
        for finding in findings
    ]


def _why(finding: Finding, marks: tuple[Mark, ...]) -> str | None:
    newest = next((mark for mark in reversed(marks) if mark.covers(finding)), None)
    return newest.reason if newest and newest.is_expected else None
