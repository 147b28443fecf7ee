"""The list of imports: each run of an API's walk and each file, with what became of its rows.

How far a walk is stands with its account; the list looks it up there. Rows are counted apart, as
they are booked: `row_counts`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.model import Instant, Model
from kassa.ledger.lists import imports
from kassa.ledger.lists.imports import Import
from kassa.ledger.lists.keys import IMPORTS, import_run
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.settings import settings
from kassa.platform.telemetry import leave_out

_COUNTS = ("rows", "unreadable", "booked", "known", "ignored")


class Source(StrEnum):
    """Where the rows of an import come from."""

    API = "api"
    FILE = "file"


class RunState(StrEnum):
    """How an import stands; a walk that was begun anew goes on as another."""

    RUNNING = "running"
    REFUSED = "refused"
    FINISHED = "finished"
    SUPERSEDED = "superseded"


class ImportRun(Model):
    """One import; of `rows` that were read each is booked, known, ignored, failed or on its way."""

    import_id: str
    gateway: str
    account: str
    source: Source
    file_name: str | None = None
    started_at: Instant
    begins_at: Instant | None = None  # none: of a file, all that it has
    ends_at: Instant
    state: RunState = RunState.RUNNING
    reason: str | None = None  # why it was refused, or waits
    percent: int | None = None  # none: nobody knows
    rows: int = 0  # read; what a walk read again counts again
    unreadable: int = 0  # lines of a file that weren't queued
    booked: int = 0
    known: int = 0  # booked before, by whomever
    ignored: int = 0  # kept, and about nothing that is booked
    failed: int = 0  # tried and not booked since; counted up to 5000


class ImportPage(Page):
    """Some of the imports."""

    imports: tuple[ImportRun, ...]


def run_of(walk: Import) -> ImportRun:
    """Return the entry of an API's walk as it stands."""
    fields = walk.model_dump(include={*ImportRun.model_fields} & {*Import.model_fields})
    more = {"import_id": walk.import_id, "source": Source.API, "started_at": walk.begun_at}
    return ImportRun.model_validate(fields | more)


def listing(run: ImportRun) -> dict[str, Any]:
    """Return the update that lists an import, whatever was counted of it."""
    kept = run.model_dump(mode="json", exclude_none=True, exclude={*_COUNTS[2:], "failed"})
    places = {"GSI1PK": IMPORTS, "GSI1SK": keys.listed(str(kept["started_at"]), run.import_id)}
    arguments = table.setting(import_run(run.import_id), kept | places)
    return {"Update": {"TableName": settings().table_name, **arguments}}


def keep(run: ImportRun) -> None:
    """List an import that is no walk."""
    table.write("update_item", **listing(run)["Update"])


def listed(request: PageRequest) -> ImportPage:
    """Return a page of the imports, newest first, each as it stands now."""

    def fetch(entries: list[table.Item]) -> list[tuple[str, ImportRun]]:
        found = table.get_all([keys.Key(str(one["PK"]), str(one["SK"])) for one in entries])
        readable = ((item, _read(item)) for item in found.values())
        runs = [(str(item["GSI1SK"]), run) for item, run in readable if run]
        now = _standing(run for _, run in runs)
        return sorted(
            ((at, now.get(run.import_id, run)) for at, run in runs),
            key=lambda one: one[0],
            reverse=True,
        )

    runs, cursor = index_pages.newest((IMPORTS,), request, fetch)
    return ImportPage(imports=runs, has_more=cursor is not None, next_cursor=cursor)


def _standing(runs: Iterable[ImportRun]) -> dict[str, ImportRun]:
    """Return the walks among runs that go on, as they stand with their accounts."""
    walks = [run for run in runs if run.source is Source.API and run.state is RunState.RUNNING]
    found = {(one.gateway, one.account): imports.find(one.gateway, one.account) for one in walks}
    standing = {}
    for run in walks:
        walk = found[run.gateway, run.account]
        if walk is not None and walk.import_id == run.import_id:
            names = {"state": RunState(walk.state), "rows": walk.rows, "reason": walk.reason}
            standing[run.import_id] = run.model_copy(update=names | {"percent": walk.percent})
    return standing


def _read(item: table.Item) -> ImportRun | None:
    numbers = {name: int(item[name]) for name in (*_COUNTS, "percent") if name in item}
    fields = {name: item[name] for name in item if name in ImportRun.model_fields} | numbers
    try:
        return stored.read(ImportRun, fields | {"failed": len(item.get("failed", ()))})
    except UnreadableItem as error:
        leave_out(error, import_id=str(item["import_id"]))
        return None


def file_run(
    whose: tuple[str, str], at: datetime, window: tuple[datetime | None, datetime], **of: Any
) -> ImportRun:
    """Return the entry of a file: whose it is, when it was sent in, and of which time."""
    gateway, account = whose
    begins_at, ends_at = window
    return ImportRun(
        import_id=f"{gateway}-{account}-{at:%Y%m%dT%H%M%SZ}-{of.pop('digest')[:8]}",
        gateway=gateway,
        account=account,
        source=Source.FILE,
        started_at=at,
        begins_at=begins_at,
        ends_at=ends_at,
        state=RunState.FINISHED,
        percent=100,
        **of,
    )
