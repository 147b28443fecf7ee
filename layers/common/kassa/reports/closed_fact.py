"""The fact of a closed period, which webhooks and mails follow."""

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import document_key
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.deliveries.facts import ReportClosed


def report_closed(manifest: Manifest, currency: str) -> Fact[ReportClosed]:
    """Return the fact of a closed period; no amount is its own, so its is zero of a currency.

    It is the same whenever it is published. A window may have ended long ago, so its report is
    closed when its manifest was made.
    """
    merchant_id, period = manifest.merchant_id, manifest.period
    at = manifest.built_at if period.last else period.closes_at
    name = f"report-{period.kind}-{period.name}"
    return Fact[ReportClosed](
        metadata=FactMetadata(
            fact_id=f"{name}:{name}:ReportClosed",
            event_id=name,
            merchant_id=merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="report",
            subject_id=name,
            version=1,
            booked_at=at,
        ),
        data=ReportClosed(
            object_id=name,
            occurred_at=at,
            amount=Money(amount_minor=0, currency=currency),
            period=period.kind,
            first_day=str(period.days[0]),
            last_day=str(period.days[-1]),
            page_key=document_key(merchant_id, period.kind, period.name, "report.html"),
        ),
    )
