"""Tell the head of a UTC day of the audit trail: which fact that is."""

from datetime import UTC, datetime, time, timedelta

from kassa.audit.facts import AuditDayClosed
from kassa.audit.trail import DayHead
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money


def day_closed(closed: DayHead, whose: tuple[str, str]) -> Fact[AuditDayClosed]:
    """Return the fact of a day that is over, the same whenever it is told.

    `whose` is the merchant and the currency it counts in, of which nothing moved.
    """
    merchant_id, currency = whose
    over_at = datetime.combine(closed.day + timedelta(days=1), time.min, UTC)
    name = f"audit-{closed.day}"
    return Fact[AuditDayClosed](
        metadata=FactMetadata(
            fact_id=f"{name}:{name}:AuditDayClosed",
            event_id=name,
            merchant_id=merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="audit",
            subject_id=name,
            version=1,
            booked_at=over_at,
        ),
        data=AuditDayClosed(
            object_id=name,
            occurred_at=over_at,
            amount=Money(amount_minor=0, currency=currency),
            day=str(closed.day),
            count=closed.count,
            head_hash=closed.head_hash,
        ),
    )
