"""Alerts: the facts of what a closed day's report found, the same however often it is built."""

import json
from collections.abc import Iterator, Mapping

from kassa.archive.manifests import Manifest
from kassa.core import stored
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import NO_MONEY, Money
from kassa.core.periods import PeriodKind
from kassa.deliveries.facts import AnomalyFound
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.report import AnomalyReport
from kassa.reports.names import ReportName, document_of


def alerts(manifest: Manifest, made: Mapping[str, bytes]) -> Iterator[Fact[AnomalyFound]]:
    """Return the facts of a closed day's alerts; longer periods repeat none of their days."""
    document = made.get(document_of(ReportName.ANOMALIES, "json"))
    if document is None or manifest.period.kind is not PeriodKind.DAILY or not manifest.is_closed:
        return
    report = stored.read(AnomalyReport, json.loads(document))
    for finding in report.findings:
        if finding.is_alert:
            yield alert(manifest, finding)


def alert(manifest: Manifest, finding: Finding) -> Fact[AnomalyFound]:
    """Return the fact of one finding."""
    name, period = f"anomaly-{finding.anomaly_id}", manifest.period
    money = finding.currency and Money(amount_minor=finding.amount_minor, currency=finding.currency)
    return Fact[AnomalyFound](
        metadata=FactMetadata(
            fact_id=f"{name}:{name}:AnomalyFound",
            event_id=name,
            merchant_id=manifest.merchant_id,
            gateway=finding.gateway or "kassa",
            account=finding.account or "main",
            subject_kind="anomaly",
            subject_id=finding.anomaly_id,
            version=1,
            booked_at=period.closes_at,
        ),
        data=AnomalyFound(
            object_id=finding.anomaly_id,
            occurred_at=finding.ended_at,
            amount=money or NO_MONEY,
            anomaly_id=finding.anomaly_id,
            kind=finding.kind,
            headline=finding.headline,
            day=str(period.day),
            subject_ids=finding.subject_ids[:10],
        ),
    )
