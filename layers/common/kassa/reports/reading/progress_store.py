"""How far a build went, in the table: for whoever waits for it, and for nothing else.

A build that crashed leaves its item behind: none is shown that began longer ago than an invocation
lives. What takes no longer than a moment writes nothing.
"""

from datetime import datetime, timedelta

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.core.periods import Period, PeriodKind
from kassa.platform import clock, table
from kassa.reports.reading import keys

ALIVE = timedelta(seconds=330)  # an invocation of `build_report` ends after 300
APART = timedelta(seconds=2)  # between two writes
KEPT = timedelta(days=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_FREE = "attribute_not_exists(PK) OR begun_ms < :stale OR #percent = :whole"  # a reserved name
_OURS = "attribute_not_exists(begun_ms) OR begun_ms <= :begun_ms"


class BuildProgress(Model):
    """How far a build went."""

    stage: str = Field(description="waiting, reading, writing, or the report that is being made.")
    percent: int = Field(description="Of all there is to do, roughly.")
    rows: int | None = Field(None, description="Facts that were counted, once they are.")
    begun_at: Instant
    left_s: int | None = Field(None, description="How long it takes yet, by how long it took.")


class Building:
    """One build that says how far it is; what another began later isn't written over."""

    def __init__(self, merchant_id: str, kind: PeriodKind, name: str) -> None:
        self._key = keys.report_build(merchant_id, kind, name)
        self._is_waited_for = kind is PeriodKind.WINDOW
        self._begun_at = self._written_at = clock.now()

    def at(self, stage: str, percent: int, rows: int | None = None) -> None:
        """Note a stage, unless one was noted just now."""
        now = clock.now()
        if now - self._written_at < APART:
            return
        self._written_at, self._is_waited_for = now, True
        counted: dict[str, str | int] = {} if rows is None else {"rows": rows}
        self._write({"stage": stage, "percent": percent, **counted})

    def over(self) -> None:
        """Note the end, where anything was noted before."""
        if self._is_waited_for:
            self._write({"stage": "done", "percent": 100})

    def _write(self, sets: dict[str, str | int]) -> None:
        begun_ms = _milliseconds(self._begun_at)
        sets |= {"begun_ms": begun_ms, "expires_at": (begun_ms // 1000) + KEPT // timedelta(0, 1)}
        ours = {"ConditionExpression": _OURS, "values": {}}
        table.write("update_item", **table.setting(self._key, sets, **ours))


def put_waiting(merchant_id: str, period: Period, now: datetime) -> bool:
    """Note that a build is to begin; tell whether none goes on, so that it should."""
    begun_ms = _milliseconds(now)
    item = keys.report_build(merchant_id, period.kind, period.name)._asdict() | {
        **{"stage": "waiting", "percent": 0, "begun_ms": begun_ms},
        "expires_at": begun_ms // 1000 + KEPT // timedelta(0, 1),
    }
    values = {":stale": begun_ms - ALIVE // timedelta(milliseconds=1), ":whole": 100}
    free = {
        "ConditionExpression": _FREE,
        "ExpressionAttributeNames": {"#percent": "percent"},
        "ExpressionAttributeValues": table.typed(values),
    }
    return table.write("put_item", **table.putting(item) | free) is not None


def read_progress(
    merchant_id: str, kind: PeriodKind, name: str, now: datetime
) -> BuildProgress | None:
    """Return how far a build went; none where none goes on, or it died."""
    item = table.get(keys.report_build(merchant_id, kind, name))
    if item is None or int(item["percent"]) >= 100:
        return None
    begun_at, percent = _instant(int(item["begun_ms"])), int(item["percent"])
    if now - begun_at > ALIVE:
        return None
    took_s = (now - begun_at).total_seconds()
    return BuildProgress(
        stage=str(item["stage"]),
        percent=percent,
        rows=int(item["rows"]) if "rows" in item else None,
        begun_at=begun_at,
        left_s=round(took_s * (100 - percent) / percent) if percent else None,
    )


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _instant(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
