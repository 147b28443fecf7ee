"""The report of what stands out of a period, and how it is made of a manifest."""

from typing import Any

from kassa.archive.manifests import Manifest
from kassa.core import stored
from kassa.core.model import Model
from kassa.core.periods import Period
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.rules.localization import Texts

HEADLINES_MAX = 5
HISTORY_MIN = 14  # days, before a rule that compares days says anything


class AnomalyReport(Model):
    """What stands out of a period, the worst first."""

    title: str
    headlines: tuple[str, ...]
    period: Period
    is_closed: bool
    known_days: int  # before the period, that it was compared with
    alerts_a_day: int
    findings: tuple[Finding, ...]


def report_of(
    manifest: Manifest,
    known_days: int,
    entered: Entered,
    findings: tuple[Finding, ...],
    texts: Texts,
) -> AnomalyReport:
    """Return the report of ranked findings."""
    return AnomalyReport(
        title=texts("report.title", name=manifest.period.name),
        headlines=_headlines(findings, known_days, texts),
        period=manifest.period,
        is_closed=manifest.is_closed,
        known_days=known_days,
        alerts_a_day=entered.alerts_a_day,
        findings=findings,
    )


def _headlines(findings: tuple[Finding, ...], known_days: int, texts: Texts) -> tuple[str, ...]:
    unexpected = [one for one in findings if one.expected is None]
    lines = [one.headline for one in unexpected[:HEADLINES_MAX]] or [texts("report.quiet")]
    if (more := len(unexpected) - HEADLINES_MAX) > 0:
        lines.append(texts.counted("report.more", more))
    if expected := len(findings) - len(unexpected):
        lines.append(texts.counted("report.expected", expected))
    if known_days < HISTORY_MIN:
        lines.append(texts.counted("report.known", known_days, least=HISTORY_MIN))
    return tuple(lines)


def entered_of(inputs: Any) -> Entered:
    """Return what the manifest keeps of marks and the budget."""
    return stored.read(Entered, inputs) if inputs else Entered()
