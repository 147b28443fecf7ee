"""Reads of the books for people and programs: a payment's history, a day's events, one event.

Reads only, through the index where the table alone can't answer; a page is one query a shard and
one batch get. Newest first, since that is what one looks for.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from kassa.core.errors import EventNotFound, PaymentNotFound, UnreadableItem
from kassa.core.model import Model
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.compaction import reopen
from kassa.ledger.items import BookedEvent, booked_event, closed_objects, partition, subject_state
from kassa.ledger.state import SubjectState
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.telemetry import leave_out

DAYS_BACK = 31  # how far an event is looked for whose day isn't named
_SECONDS = len("2026-11-21T09:00:00")


class History(Model):
    """Everything the books hold of one subject."""

    subject: Subject
    state: SubjectState
    headroom_minor: int  # as the table keeps it, reservations taken off
    events: tuple[BookedEvent, ...]  # in the order they were booked


class EventPage(Page):
    """Some of a day's events."""

    events: tuple[BookedEvent, ...]


class EventFilter(NamedTuple):
    """Which of a day's events are asked for."""

    gateway_type: str | None = None
    gateway: str | None = None
    account: str | None = None

    def fits(self, event: BookedEvent) -> bool:
        """Tell whether an event is one of them."""
        is_type = self.gateway_type in (None, event.gateway_type)
        is_gateway = self.gateway in (None, event.subject.gateway)
        return is_type and is_gateway and self.account in (None, event.subject.account)


class EventLists:
    """The lists of events that people need."""

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

    def booked_on(self, day: date, event_filter: EventFilter, request: PageRequest) -> EventPage:
        """Return a page of the events booked on a UTC day, newest first."""

        def fetch(entries: list[table.Item]) -> list[tuple[str, BookedEvent]]:
            return [one for one in fetched(entries) if event_filter.fits(one[1])]

        events, cursor = index_pages.newest(of_day(day), request, fetch)
        return EventPage(events=events, has_more=cursor is not None, next_cursor=cursor)

    def find(self, event_id: str, day: date) -> BookedEvent:
        """Return an event by its id and the UTC day it was booked on; raise EventNotFound."""
        found = self._booked(event_id, day)
        if found is None:
            raise EventNotFound(f"no event {event_id} was booked on {day} (UTC)")
        return found

    def find_lately(self, event_id: str, today: date) -> BookedEvent:
        """Return an event by its id alone, of the last month; raise EventNotFound.

        The index lists days, so each is read, the newest first.
        """
        for age in range(DAYS_BACK):
            if found := self._booked(event_id, today - timedelta(days=age)):
                return found
        raise EventNotFound(
            f"no event {event_id} was booked in the last {DAYS_BACK} days: name its day"
        )

    def _booked(self, event_id: str, day: date) -> BookedEvent | None:
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
            return None
        item = table.get(keys.Key(found[0]["PK"], found[0]["SK"]))
        return booked_event(item) if item else None

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

    def booked_as(self, subject: Subject, event_id: str) -> BookedEvent | None:
        """Return one of a subject's events, if it was booked."""
        item = table.get(keys.event(partition(subject), event_id))
        return booked_event(item) if item else None

    def booked_between(self, begins_at: datetime, ends_at: datetime) -> Iterator[BookedEvent]:
        """Yield the events booked from one instant until another, in the order of booking.

        They are read as they stood moments ago. One that only a newer release can read is left out.
        """
        found = self.between(begins_at, ends_at)
        while listed := list(islice(found, table.AT_ONCE)):
            places = [keys.event(partition(subject), event_id) for subject, event_id in listed]
            items = table.get_all(places, is_consistent=False)
            yield from _events(items[place] for place in places if place in items)


def of_day(day: date) -> list[str]:
    """Return the partitions that a UTC day's events are listed in."""
    return [keys.booked(day.isoformat(), shard) for shard in range(keys.BOOKED_SHARDS)]


def fetched(entries: list[table.Item]) -> list[tuple[str, BookedEvent]]:
    """Return the events behind index entries, each with where it stands in the list."""
    sort_keys = {keys.Key(entry["PK"], entry["SK"]): str(entry["GSI1SK"]) for entry in entries}
    found = table.get_all(list(sort_keys))
    listed = (found[key] for key in sort_keys if key in found)
    return [(sort_keys[_key_of(event)], event) for event in _events(listed)]


def _of_objects(items: list[table.Item]) -> list[table.Item]:
    return [item for item in items if item["SK"].startswith(keys.OBJECT)]


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


def _key_of(event: BookedEvent) -> keys.Key:
    return keys.event(partition(event.subject), event.event_id)


def _events(items: Iterable[table.Item]) -> Iterator[BookedEvent]:
    """Read events; one that only a newer release can read is left out."""
    for item in items:
        try:
            yield booked_event(item)
        except UnreadableItem as error:
            leave_out(error, event_id=str(item["event_id"]))
