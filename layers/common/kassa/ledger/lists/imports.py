"""How far the imports of gateways' pasts came: one item an account, beside its other cursors.

An import moves on only from where its walker found it, so of two that walk the same pages one goes
on. Its window stays for good: what lies in it was imported, whoever brings it later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from kassa.core import stored
from kassa.core.model import Instant, Model
from kassa.gateways.ports import Page, Past
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

NAME = "history"  # kept beside the account's cursors
WAIT_MIN, WAIT_MAX = timedelta(minutes=1), timedelta(hours=1)  # after silences, each the double


class ImportState(StrEnum):
    """Whether an import goes on; one that was refused waits for a person."""

    RUNNING = "running"
    REFUSED = "refused"
    FINISHED = "finished"


class Import(Model):
    """The import of one gateway account's past."""

    gateway: str
    account: str
    begins_at: Instant
    ends_at: Instant  # where the books begin; it never moves
    state: ImportState = ImportState.RUNNING
    read_until: str = ""  # in the gateway's own form; empty before the first page
    rows: int = 0  # queued so far; what was read again counts again
    percent: int | None = None  # none: the gateway doesn't say
    begun_at: Instant
    advanced_at: Instant  # when a page was queued, or the state changed
    again_at: Instant | None = None  # not before this
    silences: int = 0  # since the last page
    reason: str | None = None  # why it was refused, or waits

    @property
    def import_id(self) -> str:
        """Return what this walk is called: one that is begun anew is another."""
        return f"{self.gateway}-{self.account}-{self.begun_at:%Y%m%dT%H%M%SZ}"

    @property
    def past(self) -> Past:
        """Return the window that is imported."""
        return Past(self.begins_at, self.ends_at)

    def is_due(self, now: datetime) -> bool:
        """Tell whether a walker should go on with it."""
        is_waiting = self.again_at is not None and now < self.again_at
        return self.state is ImportState.RUNNING and not is_waiting


def find(gateway: str, account: str) -> Import | None:
    """Return an account's import; none where its past wasn't asked for."""
    item = table.get(keys.cursor(gateway, account, NAME))
    return None if item is None else stored.read(Import, _fields(item))


def past_of(gateway: str, account: str) -> Past | None:
    """Return which past of an account is imported, or was."""
    found = find(gateway, account)
    return found.past if found else None


def begin(new: Import, beside: Sequence[dict[str, Any]]) -> bool:
    """Keep an import that begins, and other writes with it; tell whether none was begun yet."""
    fields = new.model_dump(mode="json", exclude_none=True)
    update = _updating(new, fields, "attribute_not_exists(PK)", {})
    return _transact(update, beside)


def anew(known: Import, begins_at: datetime, now: datetime) -> Import:
    """Return an import that begins again, from another instant perhaps; its end stays."""
    fresh = {"begins_at": begins_at, "begun_at": now, "read_until": "", "rows": 0, "percent": None}
    return known.model_copy(update=fresh | _RUNNING | {"advanced_at": now})


def begin_anew(known: Import, new: Import, beside: Sequence[dict[str, Any]]) -> bool:
    """Let an import begin again, if it stands where it was found, and other writes with it."""
    update = _updating(new, new.model_dump(mode="json"), _UNMOVED, _were(known))
    return _transact(update, beside)


def resume(known: Import, now: datetime) -> Import | None:
    """Let an import go on at once that waits, or was refused."""
    return _move(known, _RUNNING, now)


def advance(known: Import, page: Page, queued: int, now: datetime) -> Import | None:
    """Note that a page is queued; none where another walker was there first."""
    further = {"read_until": page.read_until, "rows": known.rows + queued, "percent": page.percent}
    return _move(known, _RUNNING | further, now)


def finish(known: Import, now: datetime) -> Import | None:
    """Note that all of a past is queued."""
    return _move(known, _RUNNING | {"state": ImportState.FINISHED, "percent": 100}, now)


def wait(known: Import, reason: str, asked_s: float | None, now: datetime) -> Import | None:
    """Leave a gateway alone that didn't answer: as long as it asked for, or longer each time."""
    longer = min(WAIT_MIN * 2 ** min(known.silences, 10), WAIT_MAX)
    again_at = now + (longer if asked_s is None else timedelta(seconds=asked_s))
    silent = {"again_at": again_at, "silences": known.silences + 1, "reason": reason}
    return _move(known, silent, now)


def refuse(known: Import, reason: str, now: datetime) -> Import | None:
    """Stop an import that its gateway refused, until a person lets it go on."""
    return _move(known, {"state": ImportState.REFUSED, "reason": reason}, now)


_RUNNING = {"state": ImportState.RUNNING, "again_at": None, "silences": 0, "reason": None}
_UNMOVED = "read_until = :was_read_until AND begun_at = :was_begun_at"


def _move(known: Import, changes: dict[str, Any], now: datetime) -> Import | None:
    """Change an import that stands where it was found; none where it doesn't any more."""
    moved = known.model_copy(update=changes | {"advanced_at": now})
    fields = moved.model_dump(mode="json", include={*changes, "advanced_at"})
    return None if _update(moved, fields, _UNMOVED, _were(known)) is None else moved


def _were(known: Import) -> dict[str, Any]:
    """Return what _UNMOVED asks for of an import as it was found."""
    where = known.model_dump(mode="json", include={"read_until", "begun_at"})
    return {f":was_{name}": value for name, value in where.items()}


def _update(of: Import, fields: dict[str, Any], only_if: str, values: dict[str, Any]) -> Any:
    return table.write("update_item", **_updating(of, fields, only_if, values))


def _transact(update: dict[str, Any], beside: Sequence[dict[str, Any]]) -> bool:
    name = {"TableName": settings().table_name}
    try:
        aws.client("dynamodb").transact_write_items(
            TransactItems=[{"Update": name | update}, *beside]
        )
    except ClientError as error:
        if table.is_cancelled(error):
            return False
        raise
    return True


def _updating(
    of: Import, fields: dict[str, Any], only_if: str, values: dict[str, Any]
) -> dict[str, Any]:
    sets = {name: value for name, value in fields.items() if value is not None}
    gone = [name for name, value in fields.items() if value is None]
    key = keys.cursor(of.gateway, of.account, NAME)
    return table.setting(key, sets, gone, ConditionExpression=only_if, values=values)


def _fields(item: table.Item) -> dict[str, Any]:
    numbers = {name: int(item[name]) for name in ("rows", "percent", "silences") if name in item}
    return {name: item[name] for name in item if name not in keys.PLACES} | numbers
