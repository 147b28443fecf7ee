"""Rollups of days of before the books: what was imported of each, made anew where more came.

Files of imported facts are only ever added, so a day's newest rollup is the one of most files, and
its name begins with how many. Earlier ones stay, since manifests of closed reports name them. Days
between the first that anything was imported of and the books are known, also where nothing was.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path, PurePath

from kassa.archive import counting, files, runs
from kassa.archive.files import FactFolder
from kassa.archive.manifests import FactFile
from kassa.archive.rollups import KEPT, keep_part
from kassa.core.periods import Period
from kassa.platform.settings import settings

ROLLED_UP = ("rollup", "customers")  # of KEPT; single payments of a past are held against nothing
DAY = timedelta(days=1)


def roll_up_imported(begun_on: date, most: int) -> list[date]:
    """Write what days of a past came to where it isn't known, or more was imported since.

    The latest days first, as they are what new reports are held against; at most so many at once.
    """
    listed = _listed()
    if not listed:
        return []
    first, last = min(listed) - DAY, max(begun_on - DAY, *listed)
    known = _newest("rollup")
    days = (last - n * DAY for n in range((last - first).days + 1))
    periods = (Period.of(day, settings().merchant_time_zone) for day in days)
    found = ((one, [key for day in one.utc_days for key in listed.get(day, ())]) for one in periods)
    due = (each for each in found if len(each[1]) > known.get(each[0].day, (-1,))[0])
    written = list(islice(due, most))
    for period, keys in written:
        _roll_up(period, keys)
    return [period.day for period, _ in written]


def named(days: Iterable[date], kept: str = "rollup") -> tuple[FactFile, ...]:
    """Return what is kept of those of the days that were imported, for a manifest to name."""
    newest = _newest(kept)
    return tuple(newest[day][1] for day in sorted(set(days)) if day in newest)


def before(day: date, kept: str) -> tuple[FactFile, ...]:
    """Return what is kept of all imported days before a day."""
    newest = _newest(kept)
    return tuple(newest[each][1] for each in sorted(newest) if each < day)


def _roll_up(period: Period, keys: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder, to = FactFolder(Path(path)), {name: Path(path, name) for name in KEPT}
        paths = folder.paths(folder.fetch(keys))
        with counting.counted(paths, period, settings().merchant_id) as facts:
            keep_part(to, facts, period, period.day)
        for name in reversed(ROLLED_UP):  # the rollup last: it says that the day is done
            body = to[name].read_bytes()
            digest = hashlib.sha256(body).hexdigest()
            files.put_new(f"{_prefix()}{name}/{period.day}/{len(keys):08d}-{digest}.parquet", body)


def _listed() -> dict[date, list[str]]:
    """Return the files of imported facts, in order, by the UTC day on which those happened."""
    found: dict[date, list[str]] = {}
    for key, _ in runs.sizes(files.IMPORTED):
        day = key.removeprefix(files.IMPORTED).partition("/")[0]
        found.setdefault(date.fromisoformat(day), []).append(key)
    return found


def _newest(kept: str) -> dict[date, tuple[int, FactFile]]:
    """Return the newest that is kept of each day, and of how many files it is."""
    found: dict[date, tuple[int, FactFile]] = {}
    for key, size in runs.sizes(f"{_prefix()}{kept}/"):  # in order: a day's newest comes last
        path = PurePath(key)
        count, _, digest = path.stem.partition("-")
        file = FactFile(key=key, sha256=digest, size=size)
        found[date.fromisoformat(path.parent.name)] = int(count), file
    return found


def _prefix() -> str:
    return f"reports/{settings().merchant_id}/imported/"
