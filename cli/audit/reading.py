"""Reads an audit trail, of a stack or of files: acts of some days, and the chain anew."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from cli.audit import exported as exported_files
from cli.audit.exported import Trail
from kassa.audit import store as audit_trail
from kassa.audit.checks import KeptItem, Walk
from kassa.audit.trail import GENESIS, Actor, AuditItem, DayHead
from kassa.core.errors import NotFound
from kassa.platform import clock

Span = tuple[date, date]

WEEK = timedelta(days=6)
ONE = timedelta(days=1)
LOOKED_BACK = 31  # days before the chain's beginning that are looked at for what was forgotten
LOOKED_AHEAD = 31  # days after its head: what stands there would let nobody act on that day


class Verified(NamedTuple):
    """What computing the chain anew came to."""

    items: int
    first: date | None
    last: date | None
    heads: int  # how many published heads were compared
    broken: str | None = None
    what: str | None = None


def span(first: date | None, last: date | None) -> Span:
    """Return the days that are meant; the last week, where none is said."""
    end = last or clock.now().date()
    return (first or min(end, end - WEEK), end)


def acts(days: Span, who: str, about: str, limit: int) -> tuple[list[AuditItem], bool]:
    """Return the newest acts, and whether there are more."""
    found: list[AuditItem] = []
    for item in _newest_first(days):
        names = (item.by.person_id, item.by.key_id, item.by.aws_arn)
        is_theirs = not who or any(who in name for name in names if name)
        if about not in item.object_id or not is_theirs:
            continue
        if len(found) == limit:
            return found, True
        found.append(item)
    return found, False


def verified(
    trail: Trail, first: date | None, last: date | None, published: Mapping[date, DayHead]
) -> Verified:
    """Compute the chain anew over these days; all there are, where none are said."""
    head = trail.head()
    began = min([*([head.began_on] if head else []), *published], default=None)
    if began is None:
        return Verified(0, None, None, 0)
    days = (max(first or began, began), last or max(head.day if head else began, *published, began))
    walk = Walk(_anchor(trail, days[0], began), published)
    counts = {day: walk.day(day, trail.items(day)) for day in _days(days)}
    if head is not None and head.day in counts:
        walk.end(head, counts[head.day])
    compared = len([day for day in published if day in counts])
    done = Verified(walk.count, *days, compared)
    forgotten = _before(trail, began) if first is None and head else None
    if walk.broken is None and forgotten is not None:
        what = "stands before the chain's beginning: the chain's head was replaced"
        return done._replace(broken=forgotten, what=what)
    early = _after(trail, head.day) if last is None and head else None
    if walk.broken is None and early is not None:
        return done._replace(broken=early, what="was put in: the chain's head is before it")
    if walk.broken is None:
        return done
    return done._replace(broken=walk.broken.item_id, what=walk.broken.what)


def exported(folder: Path) -> tuple[int, int]:
    """Write the whole trail into a folder; return how many items of how many days have any."""
    head = audit_trail.head()
    if head is None:
        raise NotFound("there is nothing in the audit trail yet")
    folder.mkdir(parents=True, exist_ok=True)
    days = _days((head.began_on, head.day))
    counts = [exported_files.write(folder, head, day, audit_trail.items(day)) for day in days]
    exported_files.write_head(folder, head)
    return sum(counts), len([count for count in counts if count])


def _newest_first(days: Span) -> Iterator[AuditItem]:
    for day in reversed(list(_days(days))):
        for kept in reversed(list(audit_trail.items(day))):
            yield _read(kept)


def _read(kept: KeptItem) -> AuditItem:
    """Return an act; one that somebody made unreadable is listed as just that."""
    try:
        return AuditItem.model_validate_json(kept.content)
    except ValidationError:
        return AuditItem(
            operation="unreadable: 'kassa audit verify' says more",
            object_id=f"audit_item/{kept.place}",
            by=Actor(),
            day=kept.day,
            number=0,
            at=datetime.combine(kept.day, time.min, UTC),
            previous="",
        )


def _days(days: Span) -> Iterator[date]:
    return (days[0] + n * ONE for n in range((days[1] - days[0]).days + 1))


def _anchor(trail: Trail, first: date, began: date) -> str:
    """Return the hash that the first item of a day follows from."""
    for day in reversed(list(_days((began, first - ONE)))):
        last = trail.last(day)
        if last is not None:
            return last.hash
    return GENESIS


def _before(trail: Trail, began: date) -> str | None:
    """Return an item from before the chain's beginning, which nobody can have written rightly."""
    for back in range(1, LOOKED_BACK + 1):
        last = trail.last(began - back * ONE)
        if last is not None:
            return f"{last.day}/{last.place.lstrip('0')}"
    return None


def _after(trail: Trail, head: date) -> str | None:
    """Return an item from beyond the chain's head, which nobody can have written rightly."""
    for ahead in range(1, LOOKED_AHEAD + 1):
        last = trail.last(head + ahead * ONE)
        if last is not None:
            return f"{last.day}/{last.place.lstrip('0')}"
    return None
