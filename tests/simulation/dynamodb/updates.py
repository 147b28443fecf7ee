"""DynamoDB's update expressions: SET, REMOVE, ADD and DELETE, all read against the old item."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from tests.simulation.aws.errors import validation
from tests.simulation.dynamodb.comparisons import Operand, Path, Scope, found
from tests.simulation.dynamodb.expressions import Parser
from tests.simulation.dynamodb.values import Item, Value, copied, number, tag, written

_ABSENT = (
    "The provided expression refers to an attribute that does not exist in the item",
    "The document path provided in the update expression is invalid for update",
    "An operand in the update expression has an incorrect data type",
)
_SETS = ("SS", "NS", "BS")


class Change(NamedTuple):
    """One clause: what to do at which path with what."""

    clause: str
    path: Path
    operand: Operand | None


class _UpdateReader(Parser):
    def changes(self) -> list[Change]:
        read: list[Change] = []
        seen: set[str] = set()
        while self.peek():
            clause = self.take()
            if clause not in _CLAUSES or clause in seen:
                raise validation(f"Invalid UpdateExpression: Syntax error; token: {clause}")
            seen.add(clause)
            read.append(self._change(clause))
            while self.took(","):
                read.append(self._change(clause))
        return read

    def _change(self, clause: str) -> Change:
        path = self.path()
        if clause == "REMOVE":
            return Change(clause, path, None)
        if clause == "SET":
            self.take("=")
            return Change(clause, path, self._sum())
        return Change(clause, path, self.operand())

    def _sum(self) -> Operand:
        left = self._term()
        if self.peek() not in ("+", "-"):
            return left
        sign, right = self.take(), self._term()
        return lambda scope: _added(left(scope), right(scope), 1 if sign == "+" else -1)

    def _term(self) -> Operand:
        if self.peek() == "if_not_exists":
            self.take()
            self.take("(")
            path = self.path()
            self.take(",")
            otherwise = self._term()
            self.take(")")
            return lambda scope: found(scope, path) or otherwise(scope)
        if self.peek() == "list_append":
            self.take()
            self.take("(")
            first = self._term()
            self.take(",")
            second = self._term()
            self.take(")")
            return lambda scope: {"L": [*_list(first(scope)), *_list(second(scope))]}
        return self.operand()


@cache
def changes(text: str) -> tuple[Change, ...]:
    """Read an update expression."""
    return tuple(_UpdateReader(text).changes())


def updated(text: str, scope: Scope) -> Item:
    """Return the item after the update; the scope's own item stays as it is."""
    read = [(change, _named(change.path, scope)) for change in changes(text)]
    _refuse_overlap([path for _, path in read])
    new: Item = copied(scope.item)
    removals = []
    for change, path in read:
        if change.clause == "REMOVE":
            removals.append(path)
            continue
        value = change.operand(scope) if change.operand else None
        if value is None:
            raise validation(_ABSENT[0])
        _CLAUSES[change.clause](new, path, copied(value))
    for path in sorted(removals, key=lambda path: str(path[-1]), reverse=True):
        _remove(new, path)
    return new


def _named(path: Path, scope: Scope) -> Path:
    return tuple(
        scope.names[part] if isinstance(part, str) and part[0] == "#" else part for part in path
    )


def _refuse_overlap(paths: list[Path]) -> None:
    for index, one in enumerate(paths):
        for other in paths[index + 1 :]:
            shorter = min(len(one), len(other))
            if one[:shorter] == other[:shorter]:
                raise validation("Invalid UpdateExpression: Two document paths overlap")


def _parent(item: Item, path: Path) -> Any:
    value: Any = item
    for part in path[:-1]:
        try:
            step = value[part]
        except (KeyError, IndexError) as error:
            raise validation(_ABSENT[1]) from error
        value = step.get("L") if tag(step) == "L" else step.get("M")
        if value is None:
            raise validation(_ABSENT[1])
    if isinstance(value, list) is not isinstance(path[-1], int):
        raise validation(_ABSENT[1])
    return value


def _set(item: Item, path: Path, value: Value) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int) and last >= len(parent):
        parent.append(value)
    else:
        parent[last] = value


def _remove(item: Item, path: Path) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int):
        del parent[last : last + 1]
    else:
        parent.pop(last, None)


def _add(item: Item, path: Path, value: Value) -> None:
    parent, last = _parent(item, path), path[-1]
    old = parent.get(last) if isinstance(parent, dict) else parent[last]
    kind = tag(value)
    if kind not in ("N", *_SETS) or (old is not None and tag(old) != kind):
        raise validation(_ABSENT[2])
    if kind == "N":
        parent[last] = _added(old or {"N": "0"}, value, 1)
    else:
        before = old[kind] if old else []
        parent[last] = {kind: [*before, *(v for v in value[kind] if v not in before)]}


def _delete(item: Item, path: Path, value: Value) -> None:
    parent, last = _parent(item, path), path[-1]
    old, kind = parent.get(last), tag(value)
    if kind not in _SETS or (old is not None and tag(old) != kind):
        raise validation(_ABSENT[2])
    kept = [v for v in old[kind] if v not in value[kind]] if old else []
    if kept:
        parent[last] = {kind: kept}
    else:
        parent.pop(last, None)


_CLAUSES: dict[str, Callable[[Item, Path, Value], None]] = {
    "SET": _set,
    "REMOVE": lambda item, path, value: _remove(item, path),
    "ADD": _add,
    "DELETE": _delete,
}


def _added(left: Value | None, right: Value | None, sign: int) -> Value:
    if left is None or right is None:
        raise validation(_ABSENT[0])
    if tag(left) != "N" or tag(right) != "N":
        raise validation(_ABSENT[2])
    return written(number(left["N"]) + sign * number(right["N"]))


def _list(value: Value | None) -> list[Value]:
    if value is None:
        raise validation(_ABSENT[0])
    if tag(value) != "L":
        raise validation(_ABSENT[2])
    return value["L"]  # type: ignore[no-any-return]
