"""Close the days of the audit trail: keep and publish the head of each once it is over, also of an
empty one.

A day is closed for good before its head is published: the chain's head moves on to today first,
and no item goes to a day before the head's. The fact's id names the day, so that publishing again
is safe.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.facts import AuditDayClosed
from kassa.audit.trail import ChainHead, DayHead, anchor_key, at_day, first_head
from kassa.core.errors import StaleWrite
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.platform import aws, clock
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

DAYS_A_RUN = 31  # after a long standstill the next run goes on
LOCKED = timedelta(days=3653)  # ten years, as long as books are kept
_NO_LOCK = "ObjectLockConfigurationNotFoundError"


def close_audit_days() -> int:
    """Publish the heads of the days that are over and weren't published; return how many.

    Raises NotPublished where the bus didn't take one: the next run publishes it.
    """
    today = clock.now().date()
    head = _today(today)
    if head is None:
        return 0
    whose, published = (settings().merchant_id, settings().merchant_currency), 0
    while head.published_on + timedelta(days=1) < today and published < DAYS_A_RUN:
        closed = _day_head(head, head.published_on + timedelta(days=1))
        fact = day_closed(closed, whose)
        _keep(closed, fact)
        event_bus.publish([fact])
        logger.info("audit day closed", day=str(closed.day), count=closed.count)
        head = _noted(closed)
        published += 1
        if head is None:
            break
    return published


def _today(today: date) -> ChainHead | None:
    """Return the head once it stands on today; none where an act is being written right now."""
    head = audit_trail.head()
    if head is not None and head.day >= today:
        return head
    moved = first_head(today) if head is None else at_day(head, today)
    try:
        audit_trail.move(head, moved)
    except StaleWrite:
        return None
    return audit_trail.head()


def _day_head(head: ChainHead, day: date) -> DayHead:
    last = audit_trail.last(day)
    if last is None:
        return DayHead(day=day, count=0, head_hash=head.published_hash)
    return DayHead(day=day, count=int(last.place), head_hash=last.hash)


def _keep(closed: DayHead, fact: Fact[AuditDayClosed]) -> None:
    """Keep a day's head as an object, unless it stands there already.

    Where the bucket has Object Lock, nobody in the account takes it away before its time is over:
    it is a hash and a count, nothing that would have to be erased.
    """
    try:
        aws.client("s3").put_object(
            Bucket=settings().bucket_name,
            Key=anchor_key(settings().merchant_id, closed.day),
            Body=fact.model_dump_json().encode(),
            ContentType="application/json",
            ChecksumAlgorithm="SHA256",  # S3 takes a lock with a checksum alone
            IfNoneMatch="*",
            **_lock(),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def _lock() -> dict[str, Any]:
    """Return what locks an object from now on; nothing where the bucket has no Object Lock."""
    try:
        found = aws.client("s3").get_object_lock_configuration(Bucket=settings().bucket_name)
    except ClientError as error:
        if error.response["Error"]["Code"] != _NO_LOCK:
            raise
        return {}
    if found["ObjectLockConfiguration"].get("ObjectLockEnabled") != "Enabled":
        return {}
    return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": clock.now() + LOCKED}


def _noted(closed: DayHead) -> ChainHead | None:
    """Note that a day was published; none where an act was first: the next run repeats it."""
    head = audit_trail.head()
    if head is None or head.published_on >= closed.day:  # another run published it too
        return head
    published = {"published_on": closed.day, "published_hash": closed.head_hash}
    try:
        audit_trail.move(head, head.model_copy(update=published))
    except StaleWrite:
        return None
    return audit_trail.head()


def day_closed(closed: DayHead, whose: tuple[str, str]) -> Fact[AuditDayClosed]:
    """Return the fact of a day that is over, the same whenever it is published.

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
