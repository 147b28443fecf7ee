"""A rate that all execution environments keep together: one call, then the next a while later.

The table holds when the next call is free. Taking a turn moves that on by one interval, by a
condition, so that two never get the same one; whoever gets a later one waits for it. Turns are
evenly apart and none is saved up, so that no second sees more than its share. This is the generic
cell rate algorithm (ITU-T I.371) with no tolerance.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from kassa.platform import clock, table
from kassa.platform.keys import Key

WAIT_MAX = timedelta(seconds=5)  # for a turn; who would wait longer comes again


def taken(of: Key, interval: timedelta) -> datetime | None:
    """Take the next turn and wait for it; return None once it has come.

    Where it comes later than `WAIT_MAX` none is taken, and the instant is returned from which on
    there may be one.
    """
    now, step = _ms(clock.now()), max(1, round(interval / timedelta(milliseconds=1)))
    free = {":now": now, ":next": now + step}
    is_free = "attribute_not_exists(free_at_ms) OR free_at_ms <= :now"
    if _updated(of, "SET free_at_ms = :next", is_free, free) is not None:
        return None
    latest = {":step": step, ":latest": now + _milliseconds(WAIT_MAX)}
    after = _updated(of, "ADD free_at_ms :step", "free_at_ms <= :latest", latest)
    if after is not None:
        clock.sleep(max(0, int(after["free_at_ms"]) - step - now) / 1000)
        return None
    item = table.get(of) or {}
    return _instant(int(item.get("free_at_ms", now)))


def pause(of: Key, until: datetime) -> None:
    """Let nobody have a turn before an instant, unless the next is later anyway."""
    is_earlier = "attribute_not_exists(free_at_ms) OR free_at_ms < :until"
    _updated(of, "SET free_at_ms = :until", is_earlier, {":until": _ms(until)})


def _updated(of: Key, update: str, condition: str, values: dict[str, Any]) -> table.Item | None:
    answer = table.write(
        "update_item",
        Key=table.key(of),
        UpdateExpression=update,
        ConditionExpression=condition,
        ExpressionAttributeValues=table.typed(values),
        ReturnValues="ALL_NEW",
    )
    return None if answer is None else table.plain(answer.get("Attributes") or {})


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
