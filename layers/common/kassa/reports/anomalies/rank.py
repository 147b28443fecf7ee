"""Rank what was found by money and surprise, and alert of no more than a day's budget."""

from collections.abc import Iterable, Mapping

from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered, expected


def ranked(
    findings: Iterable[Finding], usual_day: Mapping[str, int], entered: Entered
) -> tuple[Finding, ...]:
    """Return findings, the worst first and what is expected last, with those to be alerted marked.

    Amounts of different currencies are compared as parts of what each usually captures in a day.
    Only what is new is alerted: what lasts was alerted when it was found.
    """
    known = expected(findings, entered.marks)
    ordered = sorted(known, key=lambda one: (one.expected is not None, *_order(one, usual_day)))
    due = [one.anomaly_id for one in ordered if one.is_new and one.expected is None]
    alerts = set(due[: entered.alerts_a_day])
    return tuple(one.model_copy(update={"is_alert": one.anomaly_id in alerts}) for one in ordered)


def weight(finding: Finding, usual_day: Mapping[str, int]) -> int:
    """Return how much a finding weighs: its surprise, times its part of a usual day's captures."""
    usual = usual_day.get(finding.currency or "", 0)
    part = 1000 * finding.amount_minor // usual if usual > 0 else 0
    return finding.surprise * (1 + max(part, 0))


def _order(finding: Finding, usual_day: Mapping[str, int]) -> tuple[int, str]:
    return -weight(finding, usual_day), finding.anomaly_id
