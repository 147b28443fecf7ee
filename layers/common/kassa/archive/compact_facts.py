"""Compact facts: the many small files of a UTC day, once it is over, as few large ones beside them.

The small ones stay, since manifests of closed reports name them. What is read of a compacted day
from then on is the large ones, and whatever small ones came later. An index, written last and once,
says which small files they stand for: so a crash leaves nothing that anybody reads, and two that
compact at once end in one index.
"""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from kassa.archive import files as fact_files
from kassa.archive import runs, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Compacted, FactFile
from kassa.archive.rollups import roll_up_month
from kassa.core import stored
from kassa.platform.telemetry import logger

AFTER = timedelta(days=2)  # a day's end, when what is retried has come as well
DAYS_BACK = 35  # a month of days, and a weekend without the clock
DAYS_A_RUN = 5
PART_BYTES = 64 << 20  # of small files in a large one
FETCHED = 256  # small files at once
DAY = timedelta(days=1)


def compact_facts(now: datetime) -> list[date]:
    """Compact UTC days that have been over for two days, oldest first, and return which.

    The month before, once all of its days are closed, gets its rollup.
    """
    begun, over = runs.first_day(), (now - AFTER).date()
    if begun is None:
        return []
    days = [over - n * DAY for n in range(DAYS_BACK, 0, -1) if over - n * DAY >= begun]
    missing = sorted(set(days) - set(fact_files.compacted(days)))
    due = (day for day in missing if _compact(day))
    compacted = list(islice(due, DAYS_A_RUN))
    this_month = over.replace(day=1)
    if roll_up_month((this_month - DAY).replace(day=1)):
        logger.info("month rolled up", month=f"{this_month - DAY:%Y-%m}")
    return compacted


def _compact(day: date) -> bool:
    """Compact a day and say so; one of a single file, or of none, stays as it is."""
    keys = fact_files.listed([day])[day]
    if len(keys) < 2:
        return False
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        parts = tuple(_written(day, folder, part) for part in _parts(folder, keys))
    index = Compacted(files=parts, members=tuple(keys))
    fact_files.put_new(fact_files.index_key(day), stored.text(index).encode())
    logger.info("facts compacted", day=str(day), files=len(keys), parts=len(parts))
    return True


def _parts(folder: FactFolder, keys: Sequence[str]) -> Iterator[list[FactFile]]:
    """Fetch small files, and yield as many as make a large one; what was yielded is forgotten."""
    part: list[FactFile] = []
    for file in _fetched(folder, keys):
        part.append(file)
        if sum(each.size for each in part) >= PART_BYTES:
            yield part
            folder.forget(each.key for each in part)
            part = []
    if part:
        yield part


def _fetched(folder: FactFolder, keys: Sequence[str]) -> Iterator[FactFile]:
    for first in range(0, len(keys), FETCHED):
        yield from folder.fetch(keys[first : first + FETCHED])


def _written(day: date, folder: FactFolder, part: Sequence[FactFile]) -> FactFile:
    """Write one large file under a name that follows from what is in it."""
    with tempfile.TemporaryDirectory() as path:
        to = Path(path, "compacted.parquet")
        with warehouse.connected() as connection:
            paths = [str(each) for each in folder.paths(part)]
            warehouse.set_variables(connection, files=paths)
            warehouse.run(connection, "compacted", parquet=f"'{to}'")
        return fact_files.put_once(fact_files.compacted_key(day, to), to)
