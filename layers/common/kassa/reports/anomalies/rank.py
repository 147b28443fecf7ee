"""Rank what was found by money and surprise, and alert of no more than a day's budget.

What was alerted while the day went on is the same finding once it is closed: it keeps its id, is
taken off the day's budget, and stands in the report even if nothing stands out of it any more.
"""

from collections.abc import Iterable, Mapping

from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.anomalies.marks import Entered, expected

LASTS = 3  # days within which a method's failures are those that were alerted before
OVER = "alerted while the day went on, and by its end it didn't stand out any more"


def ranked(
    findings: Iterable[Finding], usual_day: Mapping[str, int], entered: Entered
) -> tuple[Finding, ...]:
    """Return findings, the worst first and what is expected last, with those to be alerted marked.

    Amounts of different currencies are compared as parts of what each usually captures in a day.
    Only what is new is alerted: what lasts was alerted when it was found.
    """
    known = expected(with_alerted(findings, entered.alerted), entered.marks)
    ordered = sorted(known, key=lambda one: (one.expected is not None, *_order(one, usual_day)))
    alerted = {one.anomaly_id for one in entered.alerted}
    due = [one.anomaly_id for one in ordered if one.is_new and one.expected is None]
    left = max(0, entered.alerts_a_day - len(alerted))
    alerts = alerted.union([each for each in due if each not in alerted][:left])
    return tuple(one.model_copy(update={"is_alert": one.anomaly_id in alerts}) for one in ordered)


def with_alerted(findings: Iterable[Finding], alerted: Iterable[Finding]) -> list[Finding]:
    """Return findings, those alerted before under the ids that they were alerted by."""
    found = {one.anomaly_id: one for one in findings}
    for known in alerted:
        now = next((one for one in found.values() if is_same(one, known)), None)
        if now is None:
            found[known.anomaly_id] = known.model_copy(update={"reasons": (*known.reasons, OVER)})
            continue
        del found[now.anomaly_id]
        found[known.anomaly_id] = now.model_copy(update={"anomaly_id": known.anomaly_id})
    return list(found.values())


def is_same(one: Finding, other: Finding) -> bool:
    """Tell whether two findings are one that was looked at twice, while it grew."""
    if one.anomaly_id == other.anomaly_id:
        return True
    if (one.kind, one.like) != (other.kind, other.like):
        return False
    if one.kind is Kind.METHOD_FAILURES:
        return abs((one.found_on - other.found_on).days) <= LASTS
    is_meeting = one.began_at <= other.ended_at and other.began_at <= one.ended_at
    return is_meeting and one.found_on == other.found_on


def weight(finding: Finding, usual_day: Mapping[str, int]) -> int:
    """Return how much a finding weighs: its surprise, times its part of a usual day's captures."""
    usual = usual_day.get(finding.currency or "", 0)
    part = 1000 * finding.amount_minor // usual if usual > 0 else 0
    return finding.surprise * (1 + max(part, 0))


def _order(finding: Finding, usual_day: Mapping[str, int]) -> tuple[int, str]:
    return -weight(finding, usual_day), finding.anomaly_id
