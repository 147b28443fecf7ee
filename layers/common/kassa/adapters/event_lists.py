"""Reads of the books for people and programs: a payment's history, a day's events, one event.

Reads only, through the index where the table alone can't answer; a page is one query a shard and
one batch get. Newest first, since that is what one looks for.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from kassa.adapters import keys, page_cursors, table
from kassa.adapters.event_items import (
    BookedEvent,
    booked_event,
    closed_objects,
    partition,
    subject_state,
)
from kassa.domain.closing import reopen
from kassa.domain.events import Subject, SubjectKind
from kassa.domain.model import Model
from kassa.domain.payments import SubjectState
from kassa.errors import EventNotFound, PaymentNotFound, UnreadableItem
from kassa.observability import leave_out

PAGE_MAX = 100  # as many items as one batch get returns
ROUNDS_MAX = 10  # how many batches one page may read to find events of a type
_FROM_THE_END = "~"  # sorts after every instant
_SECONDS = len("2026-11-21T09:00:00")


class History(Model):
    """Everything the books hold of one subject."""

    subject: Subject
    state: SubjectState
    headroom_minor: int  # as the table keeps it, reservations taken off
    events: tuple[BookedEvent, ...]  # in the order they were booked


class EventPage(Model):
    """Some of a day's events, and where the next page starts if there is one."""

    events: tuple[BookedEvent, ...]
    cursor: str | None


class EventLists:
    """The questions people ask the books."""

    def history(self, subject: Subject) -> History:
        """Return a subject's state and all its events; raise PaymentNotFound for an unknown one."""
        found = self.everything(subject)
        if not found.state.version:
            whose = f"{subject.gateway}/{subject.account}"
            raise PaymentNotFound(f"{whose} has no {subject.kind} {subject.subject_id}")
        return found

    def everything(self, subject: Subject) -> History:
        """Return what stands of a subject, also where all its events were ignored."""
        pages = table.pages(
            KeyConditionExpression="PK = :subject",
            ExpressionAttributeValues=table.typed({":subject": partition(subject)}),
            ConsistentRead=True,
        )
        items = [item for found in pages for item in found]
        state = next((item for item in items if item["SK"] == keys.STATE), None)
        events = [booked_event(item) for item in items if item["SK"].startswith(keys.EVENT)]
        return History(
            subject=subject,
            state=reopen(subject_state(state), closed_objects(_of_objects(items))),
            headroom_minor=int((state or {}).get("headroom", 0)),
            events=tuple(sorted(events, key=lambda event: (event.booked_at, event.event_id))),
        )

    def booked_on(
        self,
        day: date,
        gateway_type: str | None = None,
        cursor: str | None = None,
        limit: int = PAGE_MAX,
    ) -> EventPage:
        """Return a page of at most a hundred events booked on a UTC day, newest first.

        With a type, a page may hold fewer events than asked for though more follow: the index
        knows no types, so what doesn't fit was read and left out.
        """
        limit = min(limit, PAGE_MAX)
        before = page_cursors.position(cursor) if cursor else _FROM_THE_END
        chosen: list[tuple[str, BookedEvent]] = []
        for _ in range(ROUNDS_MAX):
            listed = _listed(day, before, limit)
            chosen += [
                (position, event)
                for position, event in _fetched(listed)
                if gateway_type in (None, event.gateway_type)
            ]
            before = listed[-1]["GSI1SK"] if len(listed) == limit else ""
            if not before or len(chosen) >= limit:
                break
        if len(chosen) > limit or (before and len(chosen) == limit):
            before = chosen[limit - 1][0]
        events = tuple(event for _, event in chosen[:limit])
        return EventPage(events=events, cursor=page_cursors.spelled(before) if before else None)

    def find(self, event_id: str, day: date) -> BookedEvent:
        """Return an event by its id and the UTC day it was booked on; raise EventNotFound."""
        pages = table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :day",
            FilterExpression="SK = :event",
            ExpressionAttributeValues=table.typed(
                {
                    ":day": keys.booked(day.isoformat(), keys.shard(event_id)),
                    ":event": keys.event("", event_id).SK,
                }
            ),
        )
        found = next((page for page in pages if page), None)
        if found is None:
            raise EventNotFound(f"no event {event_id} was booked on {day} (UTC)")
        item = table.get(keys.Key(found[0]["PK"], found[0]["SK"]))
        if item is None:
            raise EventNotFound(f"no event {event_id} was booked on {day} (UTC)")
        return booked_event(item)

    def between(self, begins_at: datetime, ends_at: datetime) -> Iterator[tuple[Subject, str]]:
        """Yield whose event is whose, by its id, of all booked from one instant until another.

        In the order of booking; `ends_at` itself isn't among them. One day is read at a time.
        """
        day, last = begins_at.date(), ends_at.date()
        while day <= last:
            for entry in _entries(day, begins_at.isoformat(), ends_at.isoformat()):
                kind, gateway, account, subject_id = keys.subject_named(entry["PK"])
                subject = Subject(
                    gateway=gateway, account=account, kind=SubjectKind(kind), subject_id=subject_id
                )
                yield subject, entry["SK"].removeprefix(keys.EVENT)
            day += timedelta(days=1)


def _entries(day: date, begins_at: str, ends_at: str) -> list[table.Item]:
    """Return a day's index entries between two instants, over all its shards."""
    found = [
        entry
        for shard in range(keys.BOOKED_SHARDS)
        for page in table.pages(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :day AND GSI1SK BETWEEN :begins AND :ends",
            ExpressionAttributeValues=table.typed(
                {
                    ":day": keys.booked(day.isoformat(), shard),
                    ":begins": begins_at[:_SECONDS],
                    ":ends": ends_at[:_SECONDS],  # sorts before every instant of that second
                }
            ),
        )
        for entry in page
    ]
    return sorted(found, key=lambda entry: str(entry["GSI1SK"]))


def _of_objects(items: list[table.Item]) -> list[table.Item]:
    return [item for item in items if item["SK"].startswith(keys.OBJECT)]


def _listed(day: date, before: str, limit: int) -> list[table.Item]:
    """Return the newest index entries below a sort key, over all shards of the day."""
    entries = []
    for shard in range(keys.BOOKED_SHARDS):
        found, _ = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :day AND GSI1SK < :before",
            ExpressionAttributeValues=table.typed(
                {":day": keys.booked(day.isoformat(), shard), ":before": before}
            ),
            ScanIndexForward=False,
            Limit=limit,
        )
        entries += found
    return sorted(entries, key=lambda entry: str(entry["GSI1SK"]), reverse=True)[:limit]


def _fetched(entries: list[table.Item]) -> list[tuple[str, BookedEvent]]:
    """Return the events behind index entries, each with where it stands in the list."""
    wanted = {keys.Key(entry["PK"], entry["SK"]): str(entry["GSI1SK"]) for entry in entries}
    found = table.get_all(list(wanted))
    listed = (found[key] for key in wanted if key in found)
    return [(wanted[_key_of(event)], event) for event in _events(listed)]


def _key_of(event: BookedEvent) -> keys.Key:
    return keys.event(partition(event.subject), event.event_id)


def _events(items: Iterable[table.Item]) -> Iterator[BookedEvent]:
    """Read events; one that only a newer release can read is left out."""
    for item in items:
        try:
            yield booked_event(item)
        except UnreadableItem as error:
            leave_out(error, event_id=str(item["event_id"]))
