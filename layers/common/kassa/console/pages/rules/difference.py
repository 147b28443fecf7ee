"""How two versions of rules differ: what was added, taken out and changed, as documents say it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

BOUNDS = {"over", "up_to"}  # of a range, remarks as people say it


class Change(NamedTuple):
    """One thing that is otherwise; what wasn't there before, or isn't after, is empty."""

    what: str
    before: str
    after: str


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what is otherwise, part by part; rows of a list are known by their id, name or place.

    Rows that only stand in another order are one change, since their order decides.
    """
    changes: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if _has_rows(was) or _has_rows(now):
            changes += _of_rows(name, _by_name(was or []), _by_name(now or []))
        else:
            changes.append(Change(name, _text(was), _text(now)))
    return changes


def _has_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        own = str(row.get("id") or row.get("name") or _account(row) or number)
        named[own if own not in named else f"{own} ({number})"] = row
    return named


def _account(row: Mapping[str, Any]) -> str:
    return f"{row['gateway']}/{row.get('account', 'main')}" if "gateway" in row else ""


def _of_rows(
    kind: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> list[Change]:
    changes = [Change(name, _text(row), "") for name, row in before.items() if name not in after]
    changes += [Change(name, "", _text(row)) for name, row in after.items() if name not in before]
    both = [name for name in before if name in after]
    for name in both:
        was, now = before[name], after[name]
        parts = [part for part in dict.fromkeys([*was, *now]) if was.get(part) != now.get(part)]
        changes += [
            Change(f"{name}.{part}", _text(was.get(part)), _text(now.get(part))) for part in parts
        ]
    orders = [[one for one in rows if one in both] for rows in (before, after)]
    if orders[0] != orders[1]:
        changes.append(Change(f"{kind}: order", ", ".join(orders[0]), ", ".join(orders[1])))
    return changes


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = {name.replace("_", " "): _text(one) for name, one in value.items()}
        if value.keys() <= BOUNDS:
            return ", ".join(f"{name} {one}" for name, one in parts.items())
        return "; ".join(f"{name}: {one}" for name, one in parts.items() if one)
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)
