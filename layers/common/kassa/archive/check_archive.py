"""Check the archive: once a day is over, what was booked on it is compared with its Parquet files.

A fact that the books have and the archive lacks is published again, by which whoever else missed it
hears of it too; what has it already counts it once. What differs otherwise is named for a person.
A cursor says how far the archive was compared, and moves on only when what was missing was archived
meanwhile, or a day later.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple, get_args

from kassa.archive import files as fact_files
from kassa.archive import warehouse
from kassa.archive.comparison import Comparison, Moves, compare
from kassa.archive.files import Archived, FactFolder
from kassa.core.money import Money
from kassa.core.postings import Posting
from kassa.gateways.events import Subject
from kassa.ledger.facts import LedgerFactData
from kassa.ledger.lists import cursors
from kassa.ledger.lists.events import EventLists
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import count, logger

LAG = timedelta(hours=3)  # from the end of a UTC day: facts reach the archive within minutes
GIVES_UP = timedelta(days=1)  # from when a day is compared: until then it is done again
RESERVE_S = 25.0  # a quarter of an hour of a million payments a day takes about ten
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
AT_ONCE = 20_000  # facts; a day with more is compared in quarters of an hour
NAMED = 20  # ids in a line of the log
_CURSOR = ("kassa", "main", "archive")
_OF_THE_BOOKS = {kind.__name__ for kind in get_args(get_args(LedgerFactData)[0])}


Rows = list[tuple[Any, ...]]


class Part(NamedTuple):
    """A part of a UTC day, and the day's files."""

    begins_at: datetime
    ends_at: datetime
    paths: list[Path]

    @property
    def due_at(self) -> datetime:
        """Return when its day may be compared."""
        return _midnight(self.begins_at.date() + DAY) + LAG


def check_archive(now: datetime, time_left_s: TimeLeft) -> int:
    """Compare days that are over, as many as time is left for; return how many facts were compared.

    The first run begins with the newest day. Raises NotPublished where the bus took only some of
    what was missing: the next run compares again, and publishes the rest.
    """
    begins_at, ends_at = _checked_until(now), _midnight((now - LAG).date())
    lacking, facts = None, 0
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        for part in _parts(folder, begins_at, ends_at):
            if time_left_s() <= RESERVE_S:
                break
            found = _checked(folder, part)
            facts += found.facts
            if found.missing and now < part.due_at + GIVES_UP:
                lacking = lacking or part
            if lacking is None:
                cursors.advance(*_CURSOR, part.ends_at.isoformat())
    return facts


def _checked_until(now: datetime) -> datetime:
    """Return until when the archive was compared; the first run notes where it begins."""
    read_until = cursors.read(*_CURSOR)
    if read_until is None:
        read_until = _midnight((now - LAG).date() - DAY).isoformat()
        cursors.advance(*_CURSOR, read_until)
    return datetime.fromisoformat(read_until)


def _parts(folder: FactFolder, begins_at: datetime, ends_at: datetime) -> Iterator[Part]:
    """Yield what is still to be compared, in parts that fit in memory; a day's files at a time."""
    while begins_at < ends_at:
        day = begins_at.date()
        keys = _keys([day])
        paths = folder.paths(folder.fetch(keys))
        step = DAY if warehouse.count_rows(paths) <= AT_ONCE else QUARTER
        day_ends_at = _midnight(day + DAY)
        while begins_at < day_ends_at:
            part = Part(begins_at, min(begins_at + step, day_ends_at), paths)
            yield part
            begins_at = part.ends_at
        folder.forget(keys)


def _keys(days: Sequence[date]) -> tuple[str, ...]:
    """Return the files of UTC days, the large ones of compacted days in the small ones' place.

    So what was compacted before it was compared is compared as reports read it.
    """
    small = fact_files.listed(days)
    archived = Archived(small, fact_files.compacted(days))
    return archived.packed(key for day in days for key in small[day])


def _checked(folder: FactFolder, part: Part) -> Comparison:
    """Compare a part of a day, and publish what the archive lacks of it."""
    events = EventLists().booked_between(part.begins_at, part.ends_at)
    every = (fact for event in events for fact in event.facts)
    booked = [fact for fact in every if not fact.metadata.is_imported]  # those lie apart
    rows = warehouse.archived(part.paths, part.begins_at, part.ends_at)
    rows = [row for row in rows if row[1] in _OF_THE_BOOKS]
    found = _without_neighbours(folder, part, rows, compare(booked, _moves(rows)))
    if found.missing or found.differing or found.unbooked:
        count("ArchiveDiffers")
        logger.warning("archive differs from the books", extra=_named(part, found))
    event_bus.publish(found.missing)
    return found


def _named(part: Part, found: Comparison) -> dict[str, Any]:
    """Return what a person needs in order to look: how many, which for example, by how much."""
    missing = [fact.metadata.fact_id for fact in found.missing]
    return {
        "from": part.begins_at.isoformat(),
        "until": part.ends_at.isoformat(),
        "published_again": len(missing),
        "missing": missing[:NAMED],
        "differing": found.differing[:NAMED],
        "unbooked": found.unbooked[:NAMED],
        "off": found.off,
    }


def _moves(rows: Iterable[tuple[Any, ...]]) -> dict[str, Moves]:
    found: dict[str, Moves] = {}
    for fact_id, *_, postings in rows:  # the first copy is the one that counts
        found.setdefault(fact_id, tuple(map(_posting, postings or ())))
    return found


def _posting(row: dict[str, Any]) -> Posting:
    amount = {name: row[name] for name in Money.model_fields}
    others = {name: row[name] for name in row if name not in amount}
    return Posting.model_validate(others | {"amount": amount})


def _without_neighbours(
    folder: FactFolder, part: Part, rows: Rows, found: Comparison
) -> Comparison:
    """Leave out what stands on the other side under another instant.

    Books that were rebuilt from the raw archive have booked an event moments before they first did.
    """
    if not found.missing and not found.unbooked:
        return found
    day = part.begins_at.date()
    paths = folder.paths(folder.fetch(_keys([day - DAY, day, day + DAY])))
    asked_for = [fact.metadata.fact_id for fact in found.missing]
    there = warehouse.found(paths, asked_for) if asked_for else set()
    unbooked = set(found.unbooked)
    unknown = unbooked - _booked_elsewhere(row for row in rows if row[0] in unbooked)
    return found._replace(
        missing=tuple(one for one in found.missing if one.metadata.fact_id not in there),
        unbooked=tuple(sorted(unknown)),
    )


def _booked_elsewhere(rows: Iterable[tuple[Any, ...]]) -> set[str]:
    found = set[str]()
    for _, _, event_id, kind, gateway, account, subject_id, _ in rows:
        subject = Subject(gateway=gateway, account=account, kind=kind, subject_id=subject_id)
        event = EventLists().booked_as(subject, event_id)
        found |= {fact.metadata.fact_id for fact in event.facts} if event else set()
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
