"""Read days of the audit trail, each computed anew: whether its chain is whole, and its acts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from pydantic import ValidationError

from kassa.audit import anchor_store
from kassa.audit import store as audit_trail
from kassa.audit.checks import KeptItem, Walk
from kassa.audit.trail import Actor, AuditItem
from kassa.console.pages.audit import AuditDay

ONE = timedelta(days=1)


def read_audit(last: date, count: int) -> Iterator[AuditDay]:
    """Yield so many UTC days, newest first.

    A day follows from the head that was kept of the day before, or from what its first item says
    where none was kept; where it is over, it ends in its own head.
    """
    head = audit_trail.head()
    for day in (last - n * ONE for n in range(count)):
        yield _day(day) if head and head.began_on <= day <= head.day else AuditDay(day)


def _day(day: date) -> AuditDay:
    found = list(audit_trail.items(day))
    acts = [_act(one) for one in found]
    own, before = anchor_store.read(day), anchor_store.read(day - ONE)
    anchor = before.head_hash if before else (acts[0].previous if acts else "")
    if own is not None and not acts and before is None:
        anchor = own.head_hash
    walk = Walk(anchor, {day: own} if own else {})
    walk.day(day, found)
    return AuditDay(day, tuple(acts), walk.broken, is_kept=own is not None)


def _act(kept: KeptItem) -> AuditItem:
    """Return an act; one that somebody made unreadable stands there as just that."""
    try:
        return AuditItem.model_validate_json(kept.content)
    except ValidationError:
        return AuditItem(
            operation="unreadable",
            object_id=f"audit_item/{kept.place}"[:100],
            by=Actor(),
            day=kept.day,
            number=0,
            at=datetime.combine(kept.day, time.min, UTC),
            previous="",
        )
