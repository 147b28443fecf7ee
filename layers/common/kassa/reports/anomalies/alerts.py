"""Alerts: the facts of what was found of a day, the same however often they are made."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import ReportName, document_of
from kassa.core import stored
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import NO_MONEY, Money
from kassa.core.periods import PeriodKind
from kassa.deliveries.facts import AnomalyFound
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.report import AnomalyReport, entered_of


def alerts(manifest: Manifest, made: Mapping[str, bytes]) -> Iterator[Fact[AnomalyFound]]:
    """Return the facts of a closed day's alerts; longer periods repeat none of their days.

    What was alerted while the day went on was published then.
    """
    document, period = made.get(document_of(ReportName.ANOMALIES, "json")), manifest.period
    if document is None or period.kind is not PeriodKind.DAILY or not manifest.is_closed:
        return
    report = stored.read(AnomalyReport, json.loads(document))
    before = entered_of(manifest.inputs.get(ReportName.ANOMALIES)).alerted
    published = {one.anomaly_id for one in before}
    for finding in report.findings:
        if finding.is_alert and finding.anomaly_id not in published:
            yield alert(finding, manifest.merchant_id, period.day, period.closes_at)


def alert(
    finding: Finding, merchant_id: str, day: date, alerted_at: datetime
) -> Fact[AnomalyFound]:
    """Return the fact of one finding of a day, as it was alerted at an instant."""
    name = f"anomaly-{finding.anomaly_id}"
    money = finding.currency and Money(amount_minor=finding.amount_minor, currency=finding.currency)
    return Fact[AnomalyFound](
        metadata=FactMetadata(
            fact_id=f"{name}:{name}:AnomalyFound",
            event_id=name,
            merchant_id=merchant_id,
            gateway=finding.gateway or "kassa",
            account=finding.account or "main",
            subject_kind="anomaly",
            subject_id=finding.anomaly_id,
            version=1,
            booked_at=alerted_at,
        ),
        data=AnomalyFound(
            object_id=finding.anomaly_id,
            occurred_at=finding.ended_at,
            amount=money or NO_MONEY,
            anomaly_id=finding.anomaly_id,
            kind=finding.kind,
            headline=finding.headline,
            day=str(day),
            subject_ids=finding.subject_ids[:10],
        ),
    )
